/**
 * gRPC `Metadata`. Keys are in lower case, and a key may have several values. Binary values have keys that end in
 * `-bin`, which no text propagator reads.
 */
import { carrierPair } from "./carrier.ts";
import { callMethod, hasMethods } from "./headers.ts";
import { namesOf } from "./record.ts";

export const grpcMetadata = carrierPair("grpc metadata", {
  get: (carrier, key) => {
    const values = callMethod(carrier, "get", key);
    return Array.isArray(values) && values.length === 0 ? undefined : values;
  },
  set: (carrier, key, value) => void callMethod(carrier, "set", key, value),
  remove: (carrier, key) => void callMethod(carrier, "remove", key),
  keys: (carrier) => namesOf(callMethod(carrier, "getMap")),
});

export function isGrpcMetadata(source: unknown): boolean {
  return hasMethods(source, "get", "set", "remove", "getMap");
}
