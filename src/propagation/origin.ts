/**
 * The origin of a run: the span that first asked for the work, however often it was handed on since. It travels beside
 * the trace context, in the propagator's own fields under names of their own, and is kept in the context of the work.
 */
import {
  createContextKey,
  isSpanContextValid,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { asRecord, finiteNumber, isString } from "../readers/structure.ts";
import { spanContextFrom } from "./span-context.ts";

const PREFIX = "origin-";
const ORIGIN_KEY = createContextKey("ai-spans origin");

/** A value of the context that can be told from any other. */
class Origin {
  readonly span: SpanContext;

  constructor(span: SpanContext) {
    this.span = span;
  }
}

/** The origin that a delivery carries. */
export function originFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return spanContextFrom(prefixedCarrier(bound), propagator);
}

export function setOrigin(target: Context, origin: SpanContext | undefined): Context {
  return origin ? target.setValue(ORIGIN_KEY, new Origin(origin)) : target.deleteValue(ORIGIN_KEY);
}

export function originOf(local: Context): SpanContext | undefined {
  const found = local.getValue(ORIGIN_KEY);
  return found instanceof Origin ? found.span : undefined;
}

/** A span context that was kept as such. */
export function asSpanContext(value: unknown): SpanContext | undefined {
  const kept = asRecord(value);
  if (!kept || !isString(kept.traceId) || !isString(kept.spanId)) return undefined;
  const traceFlags = finiteNumber(kept.traceFlags) ?? 0;
  const span = { traceId: kept.traceId, spanId: kept.spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** The same carrier with the origin's fields under the names of the trace's. */
export function prefixedCarrier(bound: BoundCarrier): BoundCarrier {
  const { getter, setter, remove } = bound;
  return {
    ...bound,
    getter: {
      get: (carrier, key) => getter.get(carrier, PREFIX + key),
      keys: (carrier) =>
        getter.keys(carrier).flatMap((key) => {
          const name = key.toLowerCase();
          return name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [];
        }),
    },
    setter: { set: (carrier, key, value) => setter.set(carrier, PREFIX + key, value) },
    remove: (carrier, key) => remove(carrier, PREFIX + key),
  };
}
