/**
 * gRPC `Metadata`: keys in lower case, several values a key, binary ones under `-bin` keys, which propagators that ask
 * for text never name.
 */
import { carrierPair } from "./carrier.ts";
import { callMethod, hasMethods } from "./headers.ts";
import { ownNames } from "./record.ts";

export const grpcMetadata = carrierPair("grpc metadata", {
  get: (carrier, key) => {
    const values = callMethod(carrier, "get", key);
    return Array.isArray(values) && values.length === 0 ? undefined : values;
  },
  set: (carrier, key, value) => void callMethod(carrier, "set", key, value),
  remove: (carrier, key) => void callMethod(carrier, "remove", key),
  keys: (carrier) => ownNames(callMethod(carrier, "getMap")),
});

export function isGrpcMetadata(source: unknown): boolean {
  return hasMethods(source, "get", "set", "remove", "getMap");
}
