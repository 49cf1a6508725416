// A gRPC method that runs an agent. If OpenTelemetry's gRPC instrumentation is active, remove both calls of
// ai-spans/propagation, because it does the same.
import { promisify } from "node:util";
import { Client, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { injectContext, withRemoteContext } from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();

const serialize = (text: string): Buffer => Buffer.from(text);
const deserialize = (bytes: Buffer): string => bytes.toString();
const book = {
  path: "/hotel.Hotel/Book",
  requestStream: false,
  responseStream: false,
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
} as const;

const server = new Server();
server.addService(
  { book },
  {
    book: (call: { readonly metadata: Metadata }, done: (error: null, text: string) => void) => {
      void withRemoteContext(call.metadata, async () => {
        const text = await runHotelAgent();
        done(null, text);
      });
    },
  },
);
const port = await promisify(server.bindAsync.bind(server))(
  "127.0.0.1:0",
  ServerCredentials.createInsecure(),
);

const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
await trace.getTracer("application").startActiveSpan("request", async (request) => {
  const metadata = injectContext(new Metadata());
  await promisify<string | undefined>((done) => {
    client.makeUnaryRequest(book.path, serialize, deserialize, "room 7", metadata, done);
  })();
  request.end();
});
client.close();
server.forceShutdown();
printTraces();
