/**
 * The fields of a Redis Streams entry in ioredis: one flat list of names and values. Redis distinguishes upper and
 * lower case in names. (In node-redis the fields are a plain record, whose pair is `record`.)
 */
import { isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { filterInPlace } from "./record.ts";
import { decode } from "./text.ts";

const access: CarrierAccess = {
  get: (carrier, key) => {
    const at = indexOf(carrier, key);
    return at === undefined || !Array.isArray(carrier) ? undefined : carrier[at + 1];
  },
  set: (carrier, key, value) => {
    access.remove(carrier, key);
    if (Array.isArray(carrier)) carrier.push(key, value);
  },
  remove: (carrier, key) => {
    if (!Array.isArray(carrier)) return;
    let isKept = true;
    filterInPlace(carrier, (entry, index) => {
      // A value has an odd index, and its name stands before it. So both are kept, or both are removed.
      if (index % 2 === 0) isKept = nameOf(entry) !== key;
      return isKept;
    });
  },
  keys: names,
};

/** The carrier is the list of fields of an `XADD`, or of an entry that was read. */
export const redisFields = carrierPair("redis fields", access);

function names(carrier: unknown): string[] {
  if (!Array.isArray(carrier)) return [];
  return carrier.filter((_, index) => index % 2 === 0).map((name) => nameOf(name) ?? "");
}

function nameOf(name: unknown): string | undefined {
  return name instanceof Uint8Array ? decode(name) : isString(name) ? name : undefined;
}

function indexOf(carrier: unknown, key: string): number | undefined {
  if (!Array.isArray(carrier)) return undefined;
  for (let at = 0; at < carrier.length; at += 2) if (nameOf(carrier[at]) === key) return at;
  return undefined;
}

/** An empty list counts as no fields, because it may be a list of messages. */
export function isRedisFields(source: unknown): boolean {
  return isFieldList(source) && source.length > 0;
}

function isFieldList(source: unknown): source is readonly unknown[] {
  return Array.isArray(source) && source.length % 2 === 0 && source.every(isField);
}

function isField(value: unknown): boolean {
  return isString(value) || value instanceof Uint8Array;
}

/** The fields of an entry `[id, fields]`, as `XREAD` returns it. */
export function redisEntryFields(source: unknown): unknown {
  if (!Array.isArray(source) || source.length !== 2 || !isField(source[0])) return undefined;
  return isFieldList(source[1]) ? source[1] : undefined;
}
