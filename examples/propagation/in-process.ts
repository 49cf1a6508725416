// Inside one process nothing is needed: an agent run is a child of the active span, and the calls of its tools are
// children of the tool's span. Only work that outlives its caller needs a carrier, as between processes.
import { trace } from "@opentelemetry/api";
import { injectContext, withLinkedTrace } from "ai-spans/propagation";
import { runHotelAgent, runTravelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();
const tracer = trace.getTracer("application");

const later: Array<() => Promise<string>> = [];

await tracer.startActiveSpan("request", async (request) => {
  // A nested agent: below the tool.
  await runTravelAgent(runHotelAgent);
  // Work for later: the request's trace is not to stay open for it.
  const carrier = injectContext({});
  later.push(async () => withLinkedTrace({ source: carrier, name: "remind guest" }, runHotelAgent));
  request.end();
});

for (const work of later) await work();
printTraces();
