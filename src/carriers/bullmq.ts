/**
 * BullMQ. A job may have its trace context in two places: in an envelope in its data, or in `telemetry.metadata` of its
 * options. The second is the JSON text that BullMQ's telemetry writes. If a job has both, the envelope is read, because
 * the application wrote it.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { envelopeAccess } from "./envelope.ts";
import { ensureRecord, nestedAccess, recordAccess, setProperty } from "./record.ts";

const MAXIMUM_METADATA_LENGTH = 65_536;

const metadataAccess: CarrierAccess = {
  get: (carrier, key) => recordAccess.get(metadataOf(carrier), key),
  set: (carrier, key, value) => updateFields(carrier, (fields) => recordAccess.set(fields, key, value)),
  remove: (carrier, key) => {
    if (recordAccess.get(metadataOf(carrier), key) === undefined) return;
    updateFields(carrier, (fields) => recordAccess.remove(fields, key));
  },
  keys: (carrier) => recordAccess.keys(metadataOf(carrier)),
};

/** The carrier is the options of a job that the application is about to add. */
export const bullmqOptions = carrierPair("bullmq options", metadataAccess);

const dataAccess = nestedAccess("data", envelopeAccess);
const jobOptionsAccess = nestedAccess("opts", metadataAccess);

/** The property of a job's data in which applications without ai-spans store their trace context. */
const customAccess = nestedAccess("data", nestedAccess("_trace", recordAccess));
/** The places in the order in which they are read. The first place that has the field is used. */
const JOB_ACCESSES = [dataAccess, customAccess, jobOptionsAccess];

/** The carrier is a job. Fields are written to the envelope in its data. */
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

function updateFields(options: unknown, edit: (fields: object) => void): void {
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
