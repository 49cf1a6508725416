/**
 * Plain records: `IncomingHttpHeaders`, header objects, stored carriers. Names are read in any case, for HTTP has none
 * and other systems keep the sender's; a field is written in the place of one that differs in case only.
 */
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";

export const recordAccess: CarrierAccess = {
  get: (carrier, key) => {
    const name = ownName(carrier, key);
    return name === undefined ? undefined : asRecord(carrier)?.[name];
  },
  set: (carrier, key, value) => {
    removeFrom(carrier, key);
    setProperty(carrier, key, value);
  },
  remove: removeFrom,
  keys: ownNames,
};

/** Of the formats in use: a record that has one of them carries a trace. */
export const TRACE_FIELDS = ["traceparent", "b3", "x-b3-traceid", "x-amzn-trace-id", "uber-trace-id"];

export const record = carrierPair("record", recordAccess);

export function ownNames(carrier: unknown): readonly string[] {
  return isRecord(carrier) ? Object.keys(carrier) : [];
}

function ownName(carrier: unknown, key: string): string | undefined {
  if (!isRecord(carrier)) return undefined;
  if (Object.hasOwn(carrier, key)) return key;
  return Object.keys(carrier).find(sameName(key));
}

function removeFrom(carrier: unknown, key: string): void {
  if (!isRecord(carrier)) return;
  if (Object.hasOwn(carrier, key)) Reflect.deleteProperty(carrier, key);
  // A sender may write a name in any number of cases: one pass takes them all.
  for (const name of Object.keys(carrier).filter(sameName(key))) Reflect.deleteProperty(carrier, name);
}

function sameName(key: string): (name: string) => boolean {
  const wanted = key.toLowerCase();
  // The length first: it costs nothing, and most names differ in it.
  return (name) => name.length === key.length && name.toLowerCase() === wanted;
}

/** @throws TypeError when the carrier takes no property */
export function setProperty(carrier: unknown, name: string, value: unknown): void {
  if (!isRecord(carrier) || !Reflect.set(carrier, name, value)) throw new TypeError(`cannot set ${name}`);
}

/** Takes entries out of a list in place, in one pass: a list from outside may have any number of them. */
export function keepOnly(list: unknown[], isKept: (entry: unknown, index: number) => boolean): void {
  let count = 0;
  for (const [index, entry] of list.entries()) {
    if (!isKept(entry, index)) continue;
    if (count !== index) list[count] = entry;
    count += 1;
  }
  if (count < list.length) list.length = count;
}

/** The record under a name, made when there is none. */
export function ensureRecord(carrier: unknown, name: string): UnknownRecord {
  const found = asRecord(carrier)?.[name];
  if (isRecord(found)) return found;
  const made = {};
  setProperty(carrier, name, made);
  return made;
}

/** A shape that lies under a name of another object; writing makes it when it is not there. */
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
