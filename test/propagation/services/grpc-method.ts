/** One gRPC service with one method, in JSON, for its server and its client. */
import type { MethodDefinition } from "@grpc/grpc-js";

const json = {
  serialize: (value: object): Buffer => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes: Buffer): object => {
    const value: unknown = JSON.parse(bytes.toString());
    return Object(value);
  },
};

const book: MethodDefinition<object, object> = {
  path: "/hotel.Hotel/Book",
  requestStream: false,
  responseStream: false,
  requestSerialize: json.serialize,
  requestDeserialize: json.deserialize,
  responseSerialize: json.serialize,
  responseDeserialize: json.deserialize,
};

export const hotelService = { book };
