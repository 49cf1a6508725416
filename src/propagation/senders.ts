/**
 * Reads who sent delivered work: the senders and the origins of one message or of a batch. Each message is read once.
 * Because a batch may have any length, reading stops when another message can add no link.
 */
import type { SpanContext, TextMapPropagator } from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../foundation/containment.ts";
import { originFrom } from "./origin.ts";
import { spanContextFrom } from "./span-context.ts";

/** The default limit of OpenTelemetry's SDKs. */
export const MAXIMUM_LINKS = 128;
/** Fewer than `MAXIMUM_LINKS` of them can be deliveries, too, so enough origins are left for all links. */
const MAXIMUM_ORIGINS = 2 * MAXIMUM_LINKS;

export interface Senders {
  /** The active span, or each distinct sender in the order of the messages; at most `MAXIMUM_LINKS`. */
  readonly deliveries: DistinctSpans;
  /** Distinct origins in the order of the messages. The first is the origin of the work. */
  readonly origins: DistinctSpans;
  /**
   * Whether the messages belong to one run: they have at most one sender and one origin, or the options name the
   * origin.
   */
  readonly isOneRun: boolean;
  /** Whether a carrier had a valid span context. */
  readonly isPropagated: boolean;
  /** The carrier, where the source has exactly one. */
  readonly onlyCarrier: BoundCarrier | undefined;
  /** Whether a queue delivered one of the messages. */
  readonly isDelivery: boolean;
}

/** What is known before the first message is read. */
export interface KnownSenders {
  /** The active span where the messages are handled, such as that of an instrumented consumer. */
  readonly active: SpanContext | undefined;
  /** The origin in the options. Where it is passed, no message's origin is read. */
  readonly origin: SpanContext | undefined;
  /** The origin of the active run. It is used where no message has one. */
  readonly localOrigin: SpanContext | undefined;
}

/** Distinct span contexts, up to a limit. */
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

/** @param carriers those of the messages */
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
    // A failure of the propagator costs one message, not the others.
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
