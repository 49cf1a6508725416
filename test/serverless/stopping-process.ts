/**
 * A server that streams answers which never end, and stops at SIGTERM as the example does. `stopping.test.ts` runs it
 * with a major, the way in which calls are traced, and the receiver's address.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { metrics } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { context, trace } from "@opentelemetry/api";
import { serve } from "@hono/node-server";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { Hono } from "hono";
import { stopOnSignal } from "../../examples/stopping/stop-on-signal.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";

const [, , majorName, way, url = ""] = process.argv;
const major = majors.find(({ name }) => name === majorName);
if (major === undefined) throw new Error(`no such major: ${majorName}`);

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
// The delay is an hour, so only the end of the process sends.
const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url }), { scheduledDelayMillis: 3_600_000 });
const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
trace.setGlobalTracerProvider(tracerProvider);
const meterProvider = new MeterProvider();
metrics.setGlobalMeterProvider(meterProvider);

let sdk: SDK = major.ai;
if (way === "adapter") registerIntegrations(createAISDKTelemetry());
else sdk = wrapAISDK(major.ai);

/** Calls a tool and then begins an answer that never ends. */
function respond(): Response {
  const searchRooms = sdk.tool({
    inputSchema: sdk.jsonSchema({ type: "object", properties: {} }),
    execute: async () => 2,
  });
  const steps = [
    callsTool("searchRooms", "call-1"),
    says("", { parts: [{ text: "two rooms" }], hangs: true }),
  ];
  return sdk
    .streamText({
      model: scriptedModel(major!, steps).model,
      prompt: "a room in Paris",
      tools: { searchRooms },
      stopWhen: major!.stepCount(5),
      ...major!.telemetryOptions({ functionId: AGENT_NAME }),
    })
    .toTextStreamResponse();
}

const app = new Hono();
app.get("/", respond);
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
stopOnSignal(server, [tracerProvider, meterProvider]);
await once(server, "listening");
// The type of an address that is no pipe's.
process.send?.((server.address() as AddressInfo).port);
