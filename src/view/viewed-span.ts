/**
 * Reads a span of an OpenTelemetry SDK into a record. Texts and lists are cut to limits, so that a record stays small.
 */
import type { AttributeScalar, EventRecord, LinkRecord, StoredSpan } from "../traces/span-record.ts";

/** A span that an OpenTelemetry SDK passes to processors and exporters. Its `ReadableSpan` has this type. */
export interface ViewedSpan {
  readonly name: string;
  /** The number of a `SpanKind`. */
  readonly kind: number;
  /** `code`: the number of a `SpanStatusCode`. */
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: ReadonlyArray<{
    readonly name: string;
    readonly time: readonly [number, number];
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  }>;
  readonly links: ReadonlyArray<{ readonly context: { readonly traceId: string; readonly spanId: string } }>;
  /** Seconds and nanoseconds. */
  readonly startTime: readonly [number, number];
  /** Seconds and nanoseconds. */
  readonly endTime: readonly [number, number];
  readonly ended: boolean;
  /** How many attributes the SDK dropped because of its limits. */
  readonly droppedAttributesCount?: number | undefined;
  readonly droppedEventsCount?: number | undefined;
  readonly droppedLinksCount?: number | undefined;
  /** Absent on roots, and in SDK 1, which has `parentSpanId` instead. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly parentSpanId?: string | undefined;
  /** Absent in SDK 1. */
  readonly instrumentationScope?: { readonly name: string } | undefined;
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/**
 * The longest text that is kept, in UTF-16 units. ai-spans records no text longer than 1,024, but other
 * instrumentations do.
 */
const LONGEST_TEXT = 4_096;
const MOST_ATTRIBUTES = 256;
const MOST_VALUES = 64;
const MOST_EVENTS = 64;
/** The limit of all texts of a span together, in UTF-16 units. Texts up to `SHORT_TEXT` do not count. */
const MOST_TEXT = 65_536;
const SHORT_TEXT = 64;
const NONE: readonly never[] = [];

/** The names at the index of their number: those of `SpanKind`, and those of `SpanStatusCode`. */
const KINDS = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUSES = ["UNSET", "OK", "ERROR"] as const;

/** @returns a copy, which does not change when the span changes later */
export function readSpan(span: ViewedSpan): StoredSpan {
  const { traceId, spanId } = span.spanContext();
  const { events, links } = span;
  const bounds = new Bounds();
  return {
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId ?? span.parentSpanId,
    name: bounds.cut(span.name),
    kind: KINDS[span.kind] ?? "INTERNAL",
    scope: span.instrumentationScope && bounds.cut(span.instrumentationScope.name),
    start: millisecondsOf(span.startTime),
    end: span.ended ? millisecondsOf(span.endTime) : undefined,
    status: STATUSES[span.status.code] ?? "UNSET",
    statusText: span.status.message === undefined ? undefined : bounds.cut(span.status.message),
    attributes: readAttributes(span.attributes, bounds),
    events:
      events.length === 0 ? NONE : bounds.first(events, MOST_EVENTS).map((event) => readEvent(event, bounds)),
    links: links.length === 0 ? NONE : bounds.first(links, MOST_EVENTS).map(readLink),
    droppedCount:
      bounds.droppedCount +
        (span.droppedAttributesCount ?? 0) +
        (span.droppedEventsCount ?? 0) +
        (span.droppedLinksCount ?? 0) || undefined,
  };
}

function readEvent(
  { name, time, attributes = {} }: ViewedSpan["events"][number],
  bounds: Bounds,
): EventRecord {
  return {
    name: bounds.cut(name),
    time: millisecondsOf(time),
    attributes: readAttributes(attributes, bounds),
  };
}

function readLink({ context }: ViewedSpan["links"][number]): LinkRecord {
  return { traceId: context.traceId, spanId: context.spanId };
}

function millisecondsOf([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function readAttributes(
  attributes: Readonly<Record<string, unknown>>,
  bounds: Bounds,
): StoredSpan["attributes"] {
  // Not an object without a prototype: the engine keeps such an object as a slower table of keys.
  const read: Record<string, AttributeScalar | AttributeScalar[]> = {};
  let count = 0;
  for (const key in attributes) {
    if (++count > MOST_ATTRIBUTES) {
      bounds.droppedCount += 1;
      continue;
    }
    const value = attributes[key];
    if (value === undefined || value === null) continue;
    const copy = Array.isArray(value)
      ? value.slice(0, MOST_VALUES).map((each) => readScalar(each, bounds))
      : readScalar(value, bounds);
    // An assignment to `__proto__` would set the prototype, so the key is defined.
    if (key === "__proto__") Object.defineProperty(read, key, { value: copy, enumerable: true });
    else read[bounds.cut(key)] = copy;
  }
  return read;
}

function readScalar(value: unknown, bounds: Bounds): AttributeScalar {
  if (typeof value === "string") return bounds.cut(value);
  if (typeof value === "boolean") return value;
  // JSON cannot hold NaN and infinity, so they become texts.
  return typeof value === "number" && Number.isFinite(value) ? value : bounds.cut(String(value));
}

/** Cuts the texts and the lists of one span. A text that was cut ends with its original length. */
class Bounds {
  /** How many attributes, events and links were left out. */
  droppedCount = 0;
  #left = MOST_TEXT;

  first<Item>(list: readonly Item[], limit: number): readonly Item[] {
    this.droppedCount += Math.max(0, list.length - limit);
    return list.slice(0, limit);
  }

  cut(text: string): string {
    if (text.length <= SHORT_TEXT) return text;
    const limit = Math.min(LONGEST_TEXT, Math.max(this.#left, SHORT_TEXT));
    this.#left -= Math.min(text.length, limit);
    if (text.length <= limit) return text;
    // The cut may leave the first half of a surrogate pair, which is not valid Unicode.
    const start = text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
    // In V8, a slice keeps the whole original text in memory. Through JSON, it becomes a new string.
    return JSON.parse(JSON.stringify(`${start}… (${text.length} characters)`)) as string;
  }
}
