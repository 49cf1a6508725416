/** @grpc/grpc-js without instrumentation. The method continues the trace of the call. */
import * as grpc from "@grpc/grpc-js";
import { withRemoteContext } from "ai-spans/propagation";
import { runAgent } from "./agent.ts";
import { startGrpc } from "./grpc-server.ts";
import type { Service } from "./main.ts";
import { registerTelemetry } from "./telemetry.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    return startGrpc(grpc, (call, done) => {
      void withRemoteContext(call, async () => {
        const text = await runAgent("hotel");
        done(null, { text });
      });
    });
  },
};
