/**
 * Headers as a list of names and values, one of the forms that `fetch` and `new Headers` take. Names are in any case, and
 * a name may repeat.
 */
import { asRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { keepOnly } from "./record.ts";

const access: CarrierAccess = {
  get: (carrier, key) => {
    const values = tuplesOf(carrier).filter(isNamed(key));
    // One value is no list of one: bytes are a list as well.
    return values.length > 1 ? values.map(([, value]) => value) : values[0]?.[1];
  },
  set: (carrier, key, value) => {
    access.remove(carrier, key);
    if (Array.isArray(carrier)) carrier.push([key, value]);
  },
  remove: (carrier, key) => {
    const isSame = isNamed(key);
    if (Array.isArray(carrier)) keepOnly(carrier, (entry) => !isTuple(entry) || !isSame(entry));
  },
  keys: (carrier) => tuplesOf(carrier).map(([name]) => name),
};

/** Takes the list. */
export const headerTuples = carrierPair("header tuples", access);

type Tuple = readonly [name: string, value: unknown];

function tuplesOf(carrier: unknown): readonly Tuple[] {
  return Array.isArray(carrier) ? carrier.filter(isTuple) : [];
}

/** No object for a value: of an entry of Redis Streams it is a list. */
function isTuple(entry: unknown): entry is Tuple {
  return Array.isArray(entry) && entry.length === 2 && isString(entry[0]) && asRecord(entry[1]) === undefined;
}

function isNamed(key: string): (tuple: Tuple) => boolean {
  const wanted = key.toLowerCase();
  return ([name]) => name.length === key.length && name.toLowerCase() === wanted;
}

/** An empty list says nothing: it may be one of messages. */
export function isHeaderTuples(source: unknown): boolean {
  return Array.isArray(source) && source.length > 0 && source.every(isTuple);
}
