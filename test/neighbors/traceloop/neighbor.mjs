// What an application writes for Traceloop.
import * as traceloop from "@traceloop/node-server-sdk";
import { recorder } from "./recorder.mjs";

/** AI SDK 5 and 6 record spans if a call asks for them. */
const isAskedPerCall = process.env.TELEMETRY === "per call";

export const registersOpenTelemetry = true;
export const parameters = isAskedPerCall ? { experimental_telemetry: { isEnabled: true } } : {};

export async function start({ ai }) {
  traceloop.initialize({ appName: "bookings", disableBatch: true, processor: recorder });
  if (isAskedPerCall) return;
  const { OpenTelemetry } = await import("@ai-sdk/otel");
  ai.registerTelemetry(new OpenTelemetry());
}

export const flush = () => traceloop.forceFlush();
