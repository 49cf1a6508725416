// A workflow engine between two steps (Temporal, Inngest and others) stores a record of strings for us. Each step links
// to the previous step and to the start of the workflow. A child process gets its trace in its environment, an MCP tool
// in its `_meta`.
import { trace } from "@opentelemetry/api";
import {
  carriers,
  forwardOrigin,
  injectContext,
  withLinkedTrace,
  withRemoteContext,
} from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();

/** What the engine stores with each step, instead of its headers. */
let headers: Record<string, string> = {};

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  await withLinkedTrace({ source: headers, name }, async () => {
    await work();
    headers = forwardOrigin({});
  });
}

await trace.getTracer("application").startActiveSpan("start workflow", async (start) => {
  headers = injectContext({});
  start.end();
});

await step("search rooms", runHotelAgent);
await step("book room", async () => {
  // A child process that starts with this environment continues the trace.
  const environment = injectContext({ LANG: "C" }, { as: carriers.environment });
  await withRemoteContext(environment, runHotelAgent);
});
await step("confirm by MCP", async () => {
  const parameters = injectContext({ name: "confirm", arguments: {} }, { as: carriers.mcpParameters });
  await withRemoteContext({ method: "tools/call", params: parameters }, runHotelAgent);
});
printTraces();
