/**
 * The handshake of socket.io. The client's `auth`, which a browser can set, is read first, then the headers of the
 * request.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const auth = nestedAccess("auth", recordAccess);
const requestHeaders = nestedAccess("headers", recordAccess);

/**
 * The carrier is a socket's `handshake`, or the options of a client that is about to connect. Writes go to `auth`.
 */
export const socketIoHandshake = carrierPair("socket.io handshake", {
  ...auth,
  get: (carrier, key) => auth.get(carrier, key) ?? requestHeaders.get(carrier, key),
  keys: (carrier) => [...new Set([...auth.keys(carrier), ...requestHeaders.keys(carrier)])],
});

export function isSocketIoHandshake(source: unknown): boolean {
  const handshake = asRecord(source);
  return isRecord(handshake?.headers) && "auth" in handshake && "issued" in handshake;
}
