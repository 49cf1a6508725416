/** node:http and fetch with OpenTelemetry's instrumentations. Its only code of ai-spans is the wrapped SDK. */
import { createServer } from "node:http";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { runAgent } from "./agent.ts";
import { instrument } from "./instrumented.ts";
import { listen } from "../../support/loopback.ts";
import type { Service } from "./main.ts";

const askNext = async (): Promise<string> => (await fetch(process.env.NEXT_SERVICE ?? "")).text();

export const service: Service = {
  start: async () => {
    instrument(new HttpInstrumentation(), new UndiciInstrumentation());
    return listen(
      createServer((_request, response) => {
        void (async () => {
          const text = await runAgent("travel", askNext);
          response.end(text);
        })();
      }),
    );
  },
};
