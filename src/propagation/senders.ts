/**
 * Who sent what was delivered: the senders and the origins of one message or of a batch. Reads each message once, and
 * stops where another message can add no link: a batch may be of any length.
 */
import type { SpanContext, TextMapPropagator } from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../foundation/containment.ts";
import { originFrom } from "./origin.ts";
import { spanContextFrom } from "./span-context.ts";

/** As many as OpenTelemetry's SDKs keep by default. */
export const MAXIMUM_LINKS = 128;
/** Less than `MAXIMUM_LINKS` of them can be deliveries too, so that enough for all links are left. */
const MAXIMUM_ORIGINS = 2 * MAXIMUM_LINKS;

export interface Senders {
  /** The active span, or each distinct sender in the order of the messages; at most `MAXIMUM_LINKS`. */
  readonly deliveries: DistinctSpans;
  /** Distinct, in the order of the messages. The first is that of the work. */
  readonly origins: DistinctSpans;
  /** Whether the messages belong to one piece of work: they have one sender at most, and one origin. */
  readonly isOneWork: boolean;
  /** Whether a carrier had a usable span context. */
  readonly isPropagated: boolean;
  /** The carrier, where there is just one. */
  readonly only: BoundCarrier | undefined;
  /** Whether a message came by a queue. */
  readonly isDelivery: boolean;
}

/** What is known before a message is read. */
export interface KnownSenders {
  /** The span that is active where the messages are handled, such as that of an instrumented consumer. */
  readonly active: SpanContext | undefined;
  /** No message is asked for another. */
  readonly origin: SpanContext | undefined;
  /** Of the run that is active. Counts where no message says another. */
  readonly localOrigin: SpanContext | undefined;
}

/** Span contexts, each one once, up to a limit. */
export class DistinctSpans {
  readonly #spans = new Map<string, SpanContext>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#spans.size >= this.#limit;
  }

  get size(): number {
    return this.#spans.size;
  }

  get first(): SpanContext | undefined {
    const [first] = this.#spans.values();
    return first;
  }

  add(span: SpanContext | undefined): void {
    if (!span || this.isFull) return;
    const key = keyOf(span);
    if (!this.#spans.has(key)) this.#spans.set(key, span);
  }

  has(span: SpanContext): boolean {
    return this.#spans.has(keyOf(span));
  }

  values(): Iterable<SpanContext> {
    return this.#spans.values();
  }
}

/** @param carriers of the messages */
export function readSenders(
  carriers: Iterable<BoundCarrier>,
  propagator: TextMapPropagator,
  { active, origin, localOrigin }: KnownSenders,
): Senders {
  const senders = new DistinctSpans(MAXIMUM_LINKS);
  const origins = new DistinctSpans(origin ? 1 : MAXIMUM_ORIGINS);
  origins.add(origin);
  let count = 0;
  let only: BoundCarrier | undefined;
  let isDelivery = false;
  for (const bound of carriers) {
    count += 1;
    only = count === 1 ? bound : undefined;
    isDelivery ||= bound.isDelivery;
    // A propagator that fails on one message says nothing about the others.
    const sender = contain("propagator", () => spanContextFrom(bound, propagator));
    senders.add(sender);
    if (!origins.isFull) {
      const forwarded = contain("propagator", () => originFrom(bound, propagator));
      origins.add(forwarded ?? (active && sender));
    }
    if (senders.isFull) break;
  }
  const isPropagated = senders.size > 0 || (!origin && origins.size > 0);
  if (!isPropagated) origins.add(localOrigin);
  const isOneWork = origin !== undefined || (senders.size <= 1 && origins.size <= 1);
  const deliveries = active ? new DistinctSpans(1) : senders;
  deliveries.add(active);
  return { deliveries, origins, isOneWork, isPropagated, only, isDelivery };
}

export function isSame(one: SpanContext, other: SpanContext | undefined): boolean {
  return other !== undefined && keyOf(one) === keyOf(other);
}

function keyOf({ traceId, spanId }: SpanContext): string {
  return `${traceId}-${spanId}`;
}
