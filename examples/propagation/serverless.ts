// Two functions: one behind HTTP continues the caller's trace; one behind a queue starts a new trace, with a link to
// each message of its batch. The events have the form that Lambda passes to a function.
import { readFileSync } from "node:fs";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();

export async function httpHandler(event: unknown): Promise<{ statusCode: number; body: string }> {
  return withRemoteContext(event, async () => ({ statusCode: 200, body: await runHotelAgent() }));
}

export async function queueHandler(event: unknown): Promise<void> {
  await withLinkedTrace({ source: event, name: "process bookings" }, runHotelAgent);
}

/** X-Ray's own format, where tracing is active on the function: its variable is the carrier. */
export async function scheduledHandler(): Promise<void> {
  const propagator = new AWSXRayPropagator();
  await withRemoteContext(process.env, runHotelAgent, { propagator });
}

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/lambda/${name}.json`, import.meta.url), "utf8"));
}

await httpHandler(recorded("api-gateway-v2"));
await queueHandler(recorded("sqs-batch"));
process.env._X_AMZN_TRACE_ID = "Root=1-0af76519-16cd43dd8448eb211c80319d;Parent=b7ad6b7169203331;Sampled=1";
await scheduledHandler();
printTraces();
