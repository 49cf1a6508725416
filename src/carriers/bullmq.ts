/**
 * BullMQ: the data envelope of a job, and the `telemetry.metadata` of its options, the JSON text that BullMQ's own
 * telemetry writes. The envelope counts where both are there, for the application wrote it.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { envelopeAccess } from "./envelope.ts";
import { ensureRecord, nestedAccess, recordAccess, setProperty } from "./record.ts";

const MAXIMUM_METADATA_LENGTH = 65_536;

const metadataAccess: CarrierAccess = {
  get: (carrier, key) => recordAccess.get(metadataOf(carrier), key),
  set: (carrier, key, value) => change(carrier, (fields) => recordAccess.set(fields, key, value)),
  remove: (carrier, key) => {
    if (recordAccess.get(metadataOf(carrier), key) === undefined) return;
    change(carrier, (fields) => recordAccess.remove(fields, key));
  },
  keys: (carrier) => recordAccess.keys(metadataOf(carrier)),
};

/** Takes the options of a job to be added. */
export const bullmqOptions = carrierPair("bullmq options", metadataAccess);

const dataAccess = nestedAccess("data", envelopeAccess);
const jobOptionsAccess = nestedAccess("opts", metadataAccess);

/** What applications that hand a trace on by themselves have in a job's data. */
const customAccess = nestedAccess("data", nestedAccess("_trace", recordAccess));
/** In the order in which they count. */
const JOB_ACCESSES = [dataAccess, customAccess, jobOptionsAccess];

/** Takes a job; writes to the envelope in its data. */
export const bullmqJob = carrierPair("bullmq job", {
  get: (carrier, key) => {
    for (const access of JOB_ACCESSES) {
      const value = access.get(carrier, key);
      if (value !== undefined) return value;
    }
    return undefined;
  },
  set: dataAccess.set,
  remove: (carrier, key) => {
    for (const access of JOB_ACCESSES) access.remove(carrier, key);
  },
  keys: (carrier) => [...new Set(JOB_ACCESSES.flatMap((access) => access.keys(carrier)))],
});

function metadataOf(options: unknown): object | undefined {
  const text = asRecord(asRecord(options)?.telemetry)?.metadata;
  if (!isString(text) || text.length > MAXIMUM_METADATA_LENGTH || !text.startsWith("{")) return undefined;
  const fields: unknown = JSON.parse(text);
  return isRecord(fields) ? fields : undefined;
}

function change(options: unknown, edit: (fields: object) => void): void {
  const fields = { ...metadataOf(options) };
  edit(fields);
  setProperty(ensureRecord(options, "telemetry"), "metadata", JSON.stringify(fields));
}

export function isBullmqJob(source: unknown): boolean {
  const job = asRecord(source);
  return isRecord(job?.data) && isRecord(job.opts) && "name" in job;
}

export function hasBullmqMetadata(source: unknown): boolean {
  return isString(asRecord(asRecord(source)?.telemetry)?.metadata);
}
