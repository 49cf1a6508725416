/** Fastify with OpenTelemetry's instrumentations. Its only code of ai-spans is the wrapped SDK. */
import { FastifyOtelInstrumentation } from "@fastify/otel";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type * as fastifyModule from "fastify";
import { runAgent } from "./agent.ts";
import { instrument, load } from "./instrumented.ts";
import type { Service } from "./main.ts";

export const service: Service = {
  start: async () => {
    instrument(new HttpInstrumentation(), new FastifyOtelInstrumentation({ registerOnInitialization: true }));
    const { fastify } = load("fastify") as typeof fastifyModule;
    const app = fastify();
    app.get("/book", async () => runAgent("hotel"));
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    return Number(new URL(address).port);
  },
};
