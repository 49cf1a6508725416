/**
 * OpenTelemetry's auto-instrumentations for a service, active before what they instrument is loaded.
 */
import { createRequire } from "node:module";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { registerInstrumentations, type Instrumentation } from "@opentelemetry/instrumentation";
import { registerTelemetry } from "./telemetry.ts";

export function instrument(...instrumentations: Instrumentation[]): void {
  registerTelemetry(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  registerInstrumentations({ instrumentations });
  // They patch a built-in when it is required.
  load("node:http");
}

/** Loads a module the way that the instrumentations watch. */
export const load: NodeJS.Require = createRequire(import.meta.url);
