/**
 * The origin of a run: the span that first asked for the work, however often it was handed on since. It travels beside
 * the trace context, in the propagator's own fields under names of their own, and is kept in the context of the work.
 */
import {
  createContextKey,
  isSpanContextValid,
  TraceFlags,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from "@opentelemetry/api";
import { bindCarrier, type BoundCarrier, type CarrierPair } from "../carriers/carrier.ts";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, finiteNumber, isString } from "../foundation/structure.ts";
import { spanContextFrom } from "./span-context.ts";

const PREFIX = "origin-";
const SITE = "origin carrier";
/** The same in every copy of ours; its value is a span context. */
const ORIGIN_KEY = createContextKey("ai-spans origin");

/** The origin that a delivery carries. */
export function originFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return spanContextFrom(prefixedCarrier(bound), propagator);
}

export function setOrigin(target: Context, origin: SpanContext | undefined): Context {
  return origin ? target.setValue(ORIGIN_KEY, origin) : target.deleteValue(ORIGIN_KEY);
}

export function originOf(local: Context): SpanContext | undefined {
  const origin = local.getValue(ORIGIN_KEY);
  // Its `tracestate` included.
  return asSpanContext(origin) && (origin as SpanContext);
}

/** A span context that was kept as such. */
export function asSpanContext(value: unknown): SpanContext | undefined {
  const kept = asRecord(value);
  if (!kept || !isString(kept.traceId) || !isString(kept.spanId)) return undefined;
  // It was kept, so it was of some use: a child of a span that is not sampled would be none either.
  const traceFlags = finiteNumber(kept.traceFlags) ?? TraceFlags.SAMPLED;
  const span = { traceId: kept.traceId, spanId: kept.spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** The same carrier with the origin's fields under the names of the trace's. */
export function prefixedCarrier(bound: BoundCarrier): BoundCarrier {
  return bindCarrier(bound.carrier, prefixedPair(bound), bound.isDelivery);
}

interface PrefixedPair extends CarrierPair {
  readonly of: CarrierPair;
}

/** By the getter of its pair: nearly always one for each shape. */
const prefixedPairs = new WeakMap<CarrierPair["getter"], PrefixedPair>();

function prefixedPair(pair: CarrierPair): CarrierPair {
  const { getter, setter, remove } = pair;
  const known = prefixedPairs.get(getter);
  if (known?.of.setter === setter && known.of.remove === remove) return known;
  const made = { of: { getter, setter, remove }, ...prefixed(pair) };
  prefixedPairs.set(getter, made);
  return made;
}

function prefixed({ getter, setter, remove }: CarrierPair): CarrierPair {
  return {
    getter: {
      get: contained(SITE, (carrier: unknown, key: string) => getter.get(carrier, PREFIX + key)),
      keys: (carrier) => contain(SITE, () => getter.keys(carrier).flatMap(namePrefixed)) ?? [],
    },
    setter: {
      set: contained(SITE, (carrier: unknown, key: string, value: string) =>
        setter.set(carrier, PREFIX + key, value),
      ),
    },
    remove: contained(SITE, (carrier: unknown, key: string) => remove(carrier, PREFIX + key)),
  };
}

function namePrefixed(key: string): string[] {
  const name = key.toLowerCase();
  return name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [];
}
