/**
 * NATS headers (`MsgHdrs`). NATS distinguishes upper and lower case in names (ADR-4), so the exact name is read first.
 * The NATS client refuses values with line breaks.
 */
import { asRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { callMethod, hasMethods, keyList } from "./headers.ts";

const access: CarrierAccess = {
  get: (carrier, key) => {
    const name = nameIn(carrier, key);
    return name === undefined ? undefined : callMethod(carrier, "values", name);
  },
  set: (carrier, key, value) => {
    access.remove(carrier, key);
    callMethod(carrier, "set", key, value);
  },
  remove: (carrier, key) => {
    for (const name of access.keys(carrier))
      if (name.toLowerCase() === key) callMethod(carrier, "delete", name);
  },
  keys: (carrier) => keyList(callMethod(carrier, "keys")),
};

export const natsHeaders = carrierPair("nats headers", access);

function nameIn(carrier: unknown, key: string): string | undefined {
  const names = access.keys(carrier);
  return names.includes(key) ? key : names.find((name) => name.toLowerCase() === key);
}

export function isNatsHeaders(source: unknown): boolean {
  return hasMethods(source, "get", "values", "append", "keys") && "hasError" in (asRecord(source) ?? {});
}

/** Whether it is a NATS message, with or without headers. */
export function isNatsMessage(source: unknown): boolean {
  const message = asRecord(source);
  return isString(message?.subject) && "data" in message && hasMethods(source, "respond");
}
