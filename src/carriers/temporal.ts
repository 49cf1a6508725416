/**
 * Headers of a Temporal workflow or activity. Each header is a payload. Temporal's OpenTelemetry interceptors store all
 * trace fields as JSON in one header, `_tracer-data`.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { recordAccess, setProperty } from "./record.ts";
import { decode } from "./text.ts";

const TRACE_HEADER = "_tracer-data";
const encoder = new TextEncoder();

const access: CarrierAccess = {
  get: (carrier, key) => recordAccess.get(fieldsOf(carrier), key),
  set: (carrier, key, value) => updateFields(carrier, (fields) => recordAccess.set(fields, key, value)),
  remove: (carrier, key) => {
    if (recordAccess.get(fieldsOf(carrier), key) === undefined) return;
    updateFields(carrier, (fields) => recordAccess.remove(fields, key));
  },
  keys: (carrier) => recordAccess.keys(fieldsOf(carrier)),
};

/** The carrier is the record of headers in the input of an interceptor. */
export const temporalHeaders = carrierPair("temporal headers", access);

function fieldsOf(carrier: unknown): object | undefined {
  const data = asRecord(asRecord(carrier)?.[TRACE_HEADER])?.data;
  const text = data instanceof Uint8Array ? decode(data) : undefined;
  const fields: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(fields) ? fields : undefined;
}

function updateFields(carrier: unknown, edit: (fields: object) => void): void {
  const fields = { ...fieldsOf(carrier) };
  edit(fields);
  setProperty(carrier, TRACE_HEADER, {
    metadata: { encoding: encoder.encode("json/plain") },
    data: encoder.encode(JSON.stringify(fields)),
  });
}

export function isTemporalHeaders(source: unknown): boolean {
  return asRecord(asRecord(source)?.[TRACE_HEADER])?.data instanceof Uint8Array;
}
