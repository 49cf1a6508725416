/**
 * Hands the trace context on by the application's own propagator, into a carrier that is made for it, and takes it from
 * one that came.
 */
import { propagation, trace, type Context, type Span } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";
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

/** As the spans of OpenTelemetry's SDKs say it. One that does not say it may be of another process, and goes on. */
function hasEnded(span: Span | undefined): boolean {
  return asRecord(span)?.ended === true;
}
