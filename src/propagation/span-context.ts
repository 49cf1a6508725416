/**
 * Reads the span context that a carrier has: valid, marked as remote, and with known flags only; else none.
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

/** Sampled and random (Trace Context level 2). Unknown bits of a sender's flags are not written again. */
const KNOWN_FLAGS = 3;

export function spanContextFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return remoteSpanContext(propagator.extract(ROOT_CONTEXT, bound.carrier, bound.getter));
}

/** @param extracted a context into which a propagator has extracted */
export function remoteSpanContext(extracted: Context): SpanContext | undefined {
  const span = trace.getSpanContext(extracted);
  if (!span || !isSpanContextValid(span)) return undefined;
  return { ...span, traceFlags: span.traceFlags & KNOWN_FLAGS, isRemote: true };
}
