/**
 * Reads who sent delivered work: the senders and the origins of one message or of a batch. Each message is read once. A
 * batch may have any length. So reading stops when no further link is possible.
 */
import type { SpanContext, TextMapPropagator } from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../foundation/containment.ts";
import { originFrom } from "./origin.ts";
import { spanContextFrom } from "./span-context.ts";

/** The default limit of links per span in OpenTelemetry's SDKs. */
export const MAXIMUM_LINKS = 128;
/**
 * The limit of origins. It is twice the limit of links, because an origin that is also a delivery gets no second link.
 */
const MAXIMUM_ORIGINS = 2 * MAXIMUM_LINKS;

export interface Senders {
  /**
   * The spans that delivered the work: the active span. Without one, the distinct senders in the order of the messages, at most `MAXIMUM_LINKS` of them.
   */
  readonly deliveries: DistinctSpans;
  /** The distinct origins in the order of the messages. The first one is the origin of the work. */
  readonly origins: DistinctSpans;
  /**
   * Whether the messages belong to one run. They do if they have at most one sender and one origin, or if the options
   * name the origin.
   */
  readonly isOneRun: boolean;
  /** Whether a carrier had a valid span context. */
  readonly isPropagated: boolean;
  /** The carrier, if the source has exactly one. */
  readonly onlyCarrier: BoundCarrier | undefined;
  /** Whether a queue delivered one of the messages. */
  readonly isDelivery: boolean;
}

/** What is known before the first message is read. */
export interface KnownSenders {
  /** The span that is active where the messages are handled, such as that of an instrumented consumer. */
  readonly active: SpanContext | undefined;
  /** The origin in the options. If it is passed, the origins of the messages are not read. */
  readonly origin: SpanContext | undefined;
  /** The origin of the active run. It is used if no message has a span context. */
  readonly localOrigin: SpanContext | undefined;
}

/** A set of distinct span contexts, up to a limit. */
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

/** @param carriers the carriers of the messages */
export function readSenders(
  carriers: Iterable<BoundCarrier>,
  propagator: TextMapPropagator,
  { active, origin, localOrigin }: KnownSenders,
): Senders {
  const senders = new DistinctSpans(MAXIMUM_LINKS);
  const origins = new DistinctSpans(origin ? 1 : MAXIMUM_ORIGINS);
  origins.add(origin);
  let count = 0;
  let onlyCarrier: BoundCarrier | undefined;
  let isDelivery = false;
  for (const bound of carriers) {
    count += 1;
    onlyCarrier = count === 1 ? bound : undefined;
    isDelivery ||= bound.isDelivery;
    // If the propagator fails for one message, the others are still read.
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
  const isOneRun = origin !== undefined || (senders.size <= 1 && origins.size <= 1);
  const deliveries = active ? new DistinctSpans(1) : senders;
  deliveries.add(active);
  return { deliveries, origins, isOneRun, isPropagated, onlyCarrier, isDelivery };
}

export function isSame(one: SpanContext, other: SpanContext | undefined): boolean {
  return other !== undefined && keyOf(one) === keyOf(other);
}

function keyOf({ traceId, spanId }: SpanContext): string {
  return `${traceId}-${spanId}`;
}
