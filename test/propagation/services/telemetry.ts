/**
 * The OpenTelemetry SDK of a service under test. It keeps its spans, so that the service can send them over the process
 * channel.
 */
import { propagation, type TextMapPropagator } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { toSent, type SentSpan } from "../../support/sent-span.ts";
import { keepStartedSpans } from "../../support/started-spans.ts";

let started: readonly ReadableSpan[] = [];

export function registerTelemetry(propagator?: TextMapPropagator): void {
  started = keepStartedSpans();
  if (propagator) propagation.setGlobalPropagator(propagator);
}

/** In the order of their start. */
export function startedSpans(): SentSpan[] {
  return started.map(toSent);
}
