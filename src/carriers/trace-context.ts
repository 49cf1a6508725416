/**
 * Hands the trace context on by the application's own propagator, into a carrier that is made for it, and takes it from
 * one that came.
 */
import { propagation, trace, TraceFlags, type Context, type Span } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import type { CarrierPair } from "./carrier.ts";

/** The propagator's fields for a context; none where nothing is to be handed on. */
export function traceContextOf(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  contain("propagator", () => propagation.inject(context, carrier));
  return carrier;
}

/** The active context with what the source carries. A span that has ended is no parent of what comes after it. */
export function receivedContext(source: unknown, { getter }: CarrierPair, active: Context): Context {
  const local = withoutEnded(active);
  return contain("propagator", () => propagation.extract(local, source, getter)) ?? local;
}

export function withoutEnded(active: Context): Context {
  return hasEnded(trace.getSpan(active)) ? trace.deleteSpan(active) : active;
}

/** A span that was sampled records until its end. One of another process does not record here. */
function hasEnded(span: Span | undefined): boolean {
  if (!span) return false;
  const { traceFlags, isRemote } = span.spanContext();
  return !isRemote && (traceFlags & TraceFlags.SAMPLED) !== 0 && !span.isRecording();
}
