/**
 * Headers as a list of `[name, value]` tuples, one of the forms that `fetch` and `new Headers` take. Names are
 * compared without case, and a name may repeat.
 */
import { asRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { filterInPlace } from "./record.ts";

const access: CarrierAccess = {
  get: (carrier, key) => {
    const values = tuplesOf(carrier).filter(isNamed(key));
    // A list of values is returned only if the name repeats. A list with one number would be read as bytes.
    return values.length > 1 ? values.map(([, value]) => value) : values[0]?.[1];
  },
  set: (carrier, key, value) => {
    access.remove(carrier, key);
    if (Array.isArray(carrier)) carrier.push([key, value]);
  },
  remove: (carrier, key) => {
    const isSame = isNamed(key);
    if (Array.isArray(carrier)) filterInPlace(carrier, (entry) => !isTuple(entry) || !isSame(entry));
  },
  keys: (carrier) => tuplesOf(carrier).map(([name]) => name),
};

/** The carrier is the list. */
export const headerTuples = carrierPair("header tuples", access);

type Tuple = readonly [name: string, value: unknown];

function tuplesOf(carrier: unknown): readonly Tuple[] {
  return Array.isArray(carrier) ? carrier.filter(isTuple) : [];
}

/** Whether an entry is a tuple. Its value must be no object, because an entry of Redis Streams has a list there. */
function isTuple(entry: unknown): entry is Tuple {
  return Array.isArray(entry) && entry.length === 2 && isString(entry[0]) && asRecord(entry[1]) === undefined;
}

function isNamed(key: string): (tuple: Tuple) => boolean {
  const wanted = key.toLowerCase();
  return ([name]) => name.length === key.length && name.toLowerCase() === wanted;
}

/** An empty list counts as no headers, because it may be a list of messages. */
export function isHeaderTuples(source: unknown): boolean {
  return Array.isArray(source) && source.length > 0 && source.every(isTuple);
}
