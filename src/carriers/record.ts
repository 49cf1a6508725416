/**
 * Plain records: `IncomingHttpHeaders`, header objects, stored carriers. Names are compared without case, because HTTP
 * ignores it and other systems keep the sender's case. A write replaces a field whose name differs only in case.
 */
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";

export const recordAccess: CarrierAccess = {
  get: (carrier, key) => {
    const name = nameIn(carrier, key);
    return name === undefined ? undefined : asRecord(carrier)?.[name];
  },
  set: (carrier, key, value) => {
    removeFrom(carrier, key);
    setProperty(carrier, key, value);
  },
  remove: removeFrom,
  keys: namesOf,
};

/** A field of each trace format in use. A record that has one of these fields carries a trace. */
export const TRACE_FIELDS = ["traceparent", "b3", "x-b3-traceid", "x-amzn-trace-id", "uber-trace-id"];

export const record = carrierPair("record", recordAccess);

export function namesOf(carrier: unknown): readonly string[] {
  return isRecord(carrier) ? Object.keys(carrier) : [];
}

function nameIn(carrier: unknown, key: string): string | undefined {
  if (!isRecord(carrier)) return undefined;
  if (Object.hasOwn(carrier, key)) return key;
  return Object.keys(carrier).find(matchesName(key));
}

function removeFrom(carrier: unknown, key: string): void {
  if (!isRecord(carrier)) return;
  if (Object.hasOwn(carrier, key)) Reflect.deleteProperty(carrier, key);
  // A sender may repeat a name in different cases. All of them are removed.
  for (const name of Object.keys(carrier).filter(matchesName(key))) Reflect.deleteProperty(carrier, name);
}

function matchesName(key: string): (name: string) => boolean {
  const wanted = key.toLowerCase();
  // The length is compared first, because that is fast and most names have another length.
  return (name) => name.length === key.length && name.toLowerCase() === wanted;
}

/** @throws TypeError when the carrier is no object, or when it refuses the property */
export function setProperty(carrier: unknown, name: string, value: unknown): void {
  if (!isRecord(carrier) || !Reflect.set(carrier, name, value)) throw new TypeError(`cannot set ${name}`);
}

/**
 * Keeps only some entries of a list, in place. Passes the list once, because a list from a sender may have any length.
 */
export function filterInPlace(list: unknown[], isKept: (entry: unknown, index: number) => boolean): void {
  let count = 0;
  for (const [index, entry] of list.entries()) {
    if (!isKept(entry, index)) continue;
    if (count !== index) list[count] = entry;
    count += 1;
  }
  if (count < list.length) list.length = count;
}

/** The record in a property. If there is none, creates it. */
export function ensureRecord(carrier: unknown, name: string): UnknownRecord {
  const found = asRecord(carrier)?.[name];
  if (isRecord(found)) return found;
  const created = {};
  setProperty(carrier, name, created);
  return created;
}

/**
 * The access to a carrier that is stored in a property of another object. A write creates the property if it is
 * missing.
 */
export function nestedAccess(name: string, inner: CarrierAccess): CarrierAccess {
  return {
    get: (carrier, key) => inner.get(asRecord(carrier)?.[name], key),
    set: (carrier, key, value) => inner.set(ensureRecord(carrier, name), key, value),
    remove: (carrier, key) => {
      const found = asRecord(carrier)?.[name];
      if (isRecord(found)) inner.remove(found, key);
    },
    keys: (carrier) => inner.keys(asRecord(carrier)?.[name]),
  };
}
