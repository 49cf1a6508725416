/**
 * Reads the span context of a carrier. It must be valid. It is marked as remote, and only its known flags are kept.
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

/**
 * The flags sampled and random (Trace Context level 2). Other bits of a sender's flags are dropped, so they are not
 * sent on.
 */
const KNOWN_FLAGS = 3;

export function spanContextFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return remoteSpanContext(propagator.extract(ROOT_CONTEXT, bound.carrier, bound.getter));
}

/**
 * @param extracted a context that a propagator's `extract` returned
 * @returns `undefined` if the context has no valid span context
 */
export function remoteSpanContext(extracted: Context): SpanContext | undefined {
  const span = trace.getSpanContext(extracted);
  if (!span || !isSpanContextValid(span)) return undefined;
  return { ...span, traceFlags: span.traceFlags & KNOWN_FLAGS, isRemote: true };
}
