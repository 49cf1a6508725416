/**
 * The origin of a run: the span that first asked for the work, however often it was handed on since. It travels beside
 * the trace context, in the propagator's own fields under names of their own, and is kept in the context of the work.
 */
import {
  createContextKey,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../guard.ts";
import { asRecord, finiteNumber, isString } from "../readers/guards.ts";
import { activeContext } from "../spans/context.ts";
import { propagatorFor } from "./propagator.ts";
import { boundCarrier, injectInto, spanContextFrom, type PropagationOptions } from "./remote-context.ts";

const PREFIX = "origin-";
const ORIGIN_KEY = createContextKey("ai-spans origin");

/** A value of the context that can be told from any other. */
class Origin {
  readonly span: SpanContext;

  constructor(span: SpanContext) {
    this.span = span;
  }
}

/**
 * Hands work on, or back to its queue: writes the active context as `injectContext` does, and beside it the origin of
 * the run that `withLinkedTrace` is in, unchanged. Outside of one there is no origin, and the next receiver takes this
 * sender for it. Never throws.
 *
 * @param carrier is changed in place
 * @returns the same carrier
 */
export function forwardOrigin<T>(carrier: T, options: PropagationOptions = {}): T {
  contain("forwardOrigin", () => {
    const bound = boundCarrier(carrier, options.as);
    if (!bound) return;
    const propagator = propagatorFor(options.propagator);
    const local = options.context ?? activeContext();
    injectInto(bound, local, propagator);
    const origin = originOf(local);
    if (origin) writeOrigin(bound, origin, propagator);
  });
  return carrier;
}

function writeOrigin(bound: BoundCarrier, origin: SpanContext, propagator: TextMapPropagator): void {
  const prefixed = prefixedCarrier(bound);
  for (const field of propagator.fields()) prefixed.remove(prefixed.carrier, field);
  propagator.inject(trace.setSpanContext(ROOT_CONTEXT, origin), prefixed.carrier, prefixed.setter);
}

/** The origin that a delivery carries. */
export function originFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return spanContextFrom(prefixedCarrier(bound), propagator);
}

export function setOrigin(target: Context, origin: SpanContext | undefined): Context {
  return origin ? target.setValue(ORIGIN_KEY, new Origin(origin)) : target.deleteValue(ORIGIN_KEY);
}

function originOf(local: Context): SpanContext | undefined {
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

function prefixedCarrier(bound: BoundCarrier): BoundCarrier {
  const { getter, setter, remove } = bound;
  return {
    ...bound,
    getter: { ...getter, get: (carrier, key) => getter.get(carrier, PREFIX + key) },
    setter: { set: (carrier, key, value) => setter.set(carrier, PREFIX + key, value) },
    remove: (carrier, key) => remove(carrier, PREFIX + key),
  };
}
