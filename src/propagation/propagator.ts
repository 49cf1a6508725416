/**
 * Which propagator does the work: the one given, the application's registered one, else OpenTelemetry's own for W3C
 * Trace Context and Baggage. No format is written or read here.
 */
import { propagation, type TextMapPropagator } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";

let fallback: TextMapPropagator | undefined;

export function propagatorFor(given: TextMapPropagator | undefined): TextMapPropagator {
  if (given) return given;
  // The API object is a propagator that asks the registered one; without one it has no fields.
  if (propagation.fields().length > 0) return propagation;
  fallback ??= new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  return fallback;
}
