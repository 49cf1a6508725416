/** node:http without instrumentation. The handler continues the trace of the request. */
import { createServer } from "node:http";
import { withRemoteContext } from "ai-spans/propagation";
import { runAgent } from "./agent.ts";
import { listen } from "../../support/loopback.ts";
import type { Service } from "./main.ts";
import { registerTelemetry } from "./telemetry.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    return listen(
      createServer((request, response) => {
        void withRemoteContext(request, async () => {
          const text = await runAgent("hotel");
          response.end(text);
        });
      }),
    );
  },
};
