/** hono without instrumentation. The tool of its agent sends a request to the service at NEXT_SERVICE. */
import { createAdaptorServer } from "@hono/node-server";
import { injectContext, withRemoteContext } from "ai-spans/propagation";
import { Hono } from "hono";
import { runAgent } from "./agent.ts";
import { listen } from "../../support/loopback.ts";
import type { Service } from "./main.ts";
import { registerTelemetry } from "./telemetry.ts";

async function askNext(): Promise<string> {
  const answer = await fetch(process.env.NEXT_SERVICE ?? "", { headers: injectContext(new Headers()) });
  return answer.text();
}

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const app = new Hono();
    app.get("/", async (c) =>
      withRemoteContext(c.req.raw, async () => c.text(await runAgent("travel", askNext))),
    );
    return listen(createAdaptorServer(app));
  },
};
