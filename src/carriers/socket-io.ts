/**
 * The handshake of socket.io. First the client's `auth` is read, because a browser can set it. Then the headers of the
 * request are read.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const auth = nestedAccess("auth", recordAccess);
const requestHeaders = nestedAccess("headers", recordAccess);

/** The carrier is the `handshake` of a socket, or the options of a client that will connect. Writes go to `auth`. */
export const socketIoHandshake = carrierPair("socket.io handshake", {
  ...auth,
  get: (carrier, key) => auth.get(carrier, key) ?? requestHeaders.get(carrier, key),
  keys: (carrier) => [...new Set([...auth.keys(carrier), ...requestHeaders.keys(carrier)])],
});

export function isSocketIoHandshake(source: unknown): boolean {
  const handshake = asRecord(source);
  return isRecord(handshake?.headers) && "auth" in handshake && "issued" in handshake;
}
