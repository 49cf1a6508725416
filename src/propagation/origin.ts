/**
 * The origin of a run: the span that first sent the work, however often others have forwarded it since. It travels
 * beside the trace context, in the propagator's fields with the prefix `origin-`. During the work it lies in the
 * context.
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
/** The key is the same in every copy of ai-spans. Its value is a span context. */
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
  // The stored object is returned, because it has a `tracestate`, too.
  return asSpanContext(origin) && (origin as SpanContext);
}

/** Reads a span context that the application has stored as an object. */
export function asSpanContext(value: unknown): SpanContext | undefined {
  const stored = asRecord(value);
  if (!stored || !isString(stored.traceId) || !isString(stored.spanId)) return undefined;
  // Without flags the span counts as sampled: with a parent that is not sampled, the work would not be recorded.
  const traceFlags = finiteNumber(stored.traceFlags) ?? TraceFlags.SAMPLED;
  const span = { traceId: stored.traceId, spanId: stored.spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** The same carrier, read and written under the names of the origin's fields. */
export function prefixedCarrier(bound: BoundCarrier): BoundCarrier {
  return bindCarrier(bound.carrier, prefixedPair(bound), bound.isDelivery);
}

interface PrefixedPair extends CarrierPair {
  readonly of: CarrierPair;
}

/** Caches the prefixed pair by the getter of its pair. Nearly always there is one getter for each shape. */
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
