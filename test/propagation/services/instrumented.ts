/**
 * Starts OpenTelemetry's auto-instrumentations in a service, before the modules that they patch are loaded.
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
  // The instrumentations patch a built-in module when it is required.
  load("node:http");
}

/** Loads a module by `require`, which the instrumentations patch. */
export const load: NodeJS.Require = createRequire(import.meta.url);
