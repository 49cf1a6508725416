/** The gRPC server that both gRPC services start. */
import { promisify } from "node:util";
import type * as grpcJs from "@grpc/grpc-js";
import { hotelService } from "./grpc-method.ts";

export async function startGrpc(
  grpc: typeof grpcJs,
  book: grpcJs.handleUnaryCall<object, object>,
): Promise<number> {
  const server = new grpc.Server();
  server.addService(hotelService, { book });
  const bind = promisify(server.bindAsync.bind(server));
  return bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
}
