// Inside one process there is nothing to do: an agent run is a child of whatever span is active, and what its tools
// call is below the tool. Only work that outlives its caller is handed over by a carrier, as to another process.
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
