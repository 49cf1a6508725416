/** @grpc/grpc-js with OpenTelemetry's instrumentation. Its only code of ai-spans is the wrapped SDK. */
import type * as grpcJs from "@grpc/grpc-js";
import { GrpcInstrumentation } from "@opentelemetry/instrumentation-grpc";
import { runAgent } from "./agent.ts";
import { startGrpc } from "./grpc-server.ts";
import { instrument, load } from "./instrumented.ts";
import type { Service } from "./main.ts";

export const service: Service = {
  start: async () => {
    instrument(new GrpcInstrumentation());
    const grpc = load("@grpc/grpc-js") as typeof grpcJs;
    return startGrpc(grpc, (_call, done) => {
      void (async () => {
        const text = await runAgent("hotel");
        done(null, { text });
      })();
    });
  },
};
