/**
 * Plain records: `IncomingHttpHeaders`, header objects, stored carriers. Names are read without case, because HTTP
 * names have none and other systems keep the sender's. A write replaces a field whose name differs in case only.
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

/** The fields of the trace formats in use. A record with one of them carries a trace. */
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
  // A sender may repeat a name in several cases. One pass removes all of them.
  for (const name of Object.keys(carrier).filter(matchesName(key))) Reflect.deleteProperty(carrier, name);
}

function matchesName(key: string): (name: string) => boolean {
  const wanted = key.toLowerCase();
  // The length is compared first, because that is fast and most names differ in it.
  return (name) => name.length === key.length && name.toLowerCase() === wanted;
}

/** @throws TypeError when the carrier is no object, or refuses the property */
export function setProperty(carrier: unknown, name: string, value: unknown): void {
  if (!isRecord(carrier) || !Reflect.set(carrier, name, value)) throw new TypeError(`cannot set ${name}`);
}

/** Removes the other entries from a list in place. One pass, because a list from outside may have any length. */
export function filterInPlace(list: unknown[], isKept: (entry: unknown, index: number) => boolean): void {
  let count = 0;
  for (const [index, entry] of list.entries()) {
    if (!isKept(entry, index)) continue;
    if (count !== index) list[count] = entry;
    count += 1;
  }
  if (count < list.length) list.length = count;
}

/** The record under a name. It is created where there is none. */
export function ensureRecord(carrier: unknown, name: string): UnknownRecord {
  const found = asRecord(carrier)?.[name];
  if (isRecord(found)) return found;
  const created = {};
  setProperty(carrier, name, created);
  return created;
}

/**
 * The access to a shape that lies under a property of another object. A write creates the property where it is
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
