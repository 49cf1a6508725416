/**
 * Carriers with methods: `Headers` of fetch, `Map`, `URLSearchParams`. `Headers` compares names without case. In the
 * others only the exact name is found, which propagators write in lower case.
 */
import { asRecord, isFunction, isIterable, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";

const MAXIMUM_KEYS = 1000;

export const headersAccess: CarrierAccess = {
  get: (carrier, key) => callMethod(carrier, "get", key),
  set: (carrier, key, value) => void callMethod(carrier, "set", key, value),
  remove: (carrier, key) => void callMethod(carrier, "delete", key),
  keys: (carrier) => keyList(callMethod(carrier, "keys")),
};

export const headers = carrierPair("headers", headersAccess);

export function callMethod(carrier: unknown, name: string, ...args: readonly unknown[]): unknown {
  const method = asRecord(carrier)?.[name];
  // `method.apply` is not used. On an RPC stub every property is a method of the receiver, so `apply` is one too.
  return isFunction(method) ? Reflect.apply(method, carrier, args) : undefined;
}

/** The names in a list or an iterator, at most `MAXIMUM_KEYS` of them. */
export function keyList(names: unknown): string[] {
  const found: string[] = [];
  if (!isIterable(names)) return found;
  for (const name of names) if (isString(name) && found.push(name) === MAXIMUM_KEYS) break;
  return found;
}

export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  const found = asRecord(value);
  return found !== undefined && names.every((name) => isFunction(found[name]));
}
