/**
 * The origin of a run: the span that first sent the work. It stays the same when others forward the work. A carrier has
 * it beside the trace context, in the propagator's fields with the prefix `origin-`. While the work runs, it is stored
 * in the context.
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
/** The key is the same in every copy of ai-spans. The value is a span context. */
const ORIGIN_KEY = createContextKey("ai-spans origin");

/** Reads the origin from the carrier of a delivery. */
export function originFrom(bound: BoundCarrier, propagator: TextMapPropagator): SpanContext | undefined {
  return spanContextFrom(prefixedCarrier(bound), propagator);
}

export function setOrigin(target: Context, origin: SpanContext | undefined): Context {
  return origin ? target.setValue(ORIGIN_KEY, origin) : target.deleteValue(ORIGIN_KEY);
}

export function originOf(local: Context): SpanContext | undefined {
  const origin = local.getValue(ORIGIN_KEY);
  // `asSpanContext` only checks the value. The stored object is returned, because it also has a `tracestate`.
  return asSpanContext(origin) && (origin as SpanContext);
}

/** Reads a span context that the application has stored as an object. */
export function asSpanContext(value: unknown): SpanContext | undefined {
  const stored = asRecord(value);
  if (!stored || !isString(stored.traceId) || !isString(stored.spanId)) return undefined;
  // Without flags the span counts as sampled. If it counted as not sampled, a child of it would not be recorded.
  const traceFlags = finiteNumber(stored.traceFlags) ?? TraceFlags.SAMPLED;
  const span = { traceId: stored.traceId, spanId: stored.spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** The same carrier with another pair. The pair reads and writes the fields of the origin. */
export function prefixedCarrier(bound: BoundCarrier): BoundCarrier {
  return bindCarrier(bound.carrier, prefixedPair(bound), bound.isDelivery);
}

interface PrefixedPair extends CarrierPair {
  readonly of: CarrierPair;
}

/** The prefixed pair of each pair, by the pair's getter. Nearly always each shape has only one getter. */
const prefixedPairs = new WeakMap<CarrierPair["getter"], PrefixedPair>();

function prefixedPair(pair: CarrierPair): CarrierPair {
  const { getter, setter, remove } = pair;
  const known = prefixedPairs.get(getter);
  if (known?.of.setter === setter && known.of.remove === remove) return known;
  const created = { of: { getter, setter, remove }, ...prefixed(pair) };
  prefixedPairs.set(getter, created);
  return created;
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
