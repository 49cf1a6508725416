/**
 * Chooses the propagator: the one in the options, or else the registered one, or else OpenTelemetry's for W3C Trace
 * Context and Baggage. This file parses and writes no format.
 */
import { propagation, type TextMapPropagator } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";

let fallback: TextMapPropagator | undefined;

export function propagatorFor(option: TextMapPropagator | undefined): TextMapPropagator {
  if (option) return option;
  // The API's `propagation` calls the registered propagator. If none is registered, it has no fields.
  if (propagation.fields().length > 0) return propagation;
  fallback ??= new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  return fallback;
}
