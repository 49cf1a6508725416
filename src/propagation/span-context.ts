/**
 * The span context that a carrier says: valid, remote, and fit to be written again, or none.
 */
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";

/** Sampled, and random (Trace Context level 2): a propagator may write no other bit of a foreign flags field. */
const KNOWN_FLAGS = 3;

export function spanContextFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return remoteSpan(propagator.extract(ROOT_CONTEXT, bound.carrier, bound.getter));
}

/** Of a context into which a propagator has extracted. */
export function remoteSpan(extracted: Context): SpanContext | undefined {
  const span = trace.getSpanContext(extracted);
  if (!span || !isSpanContextValid(span)) return undefined;
  return { ...span, traceFlags: span.traceFlags & KNOWN_FLAGS, isRemote: true };
}
