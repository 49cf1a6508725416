/**
 * Reads a span of an OpenTelemetry SDK into a record, with bounds on each text.
 */
import type { AttributeScalar, EventRecord, SpanRecord } from "../traces/span-record.ts";

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
  /** Absent on roots, and in SDK 1, which has `parentSpanId` instead. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly parentSpanId?: string | undefined;
  /** Absent in SDK 1. */
  readonly instrumentationScope?: { readonly name: string } | undefined;
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** In UTF-16 units. ai-spans records none that is longer than 1,024; other instrumentations do. */
const LONGEST_TEXT = 4_096;
const MOST_ATTRIBUTES = 256;
const MOST_VALUES = 64;
const MOST_EVENTS = 64;
/** Of all texts of a span together, in UTF-16 units. */
const MOST_TEXT = 65_536;

/** The index is the number of a `SpanKind`, or of a `SpanStatusCode`. */
const KINDS = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUSES = ["UNSET", "OK", "ERROR"] as const;

/** @returns a copy. Later changes of the span are not in it. */
export function readSpan(span: ViewedSpan): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const texts = new BoundedTexts();
  return {
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId ?? span.parentSpanId,
    name: texts.cut(span.name),
    kind: KINDS[span.kind] ?? "INTERNAL",
    scope: span.instrumentationScope && texts.cut(span.instrumentationScope.name),
    start: millisecondsOf(span.startTime),
    end: span.ended ? millisecondsOf(span.endTime) : undefined,
    status: STATUSES[span.status.code] ?? "UNSET",
    statusText: span.status.message === undefined ? undefined : texts.cut(span.status.message),
    attributes: readAttributes(span.attributes, texts),
    events: span.events.slice(0, MOST_EVENTS).map(({ name, time, attributes = {} }): EventRecord => ({
      name: texts.cut(name),
      time: millisecondsOf(time),
      attributes: readAttributes(attributes, texts),
    })),
    links: span.links.slice(0, MOST_EVENTS).map(({ context }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
    })),
  };
}

function millisecondsOf([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function readAttributes(
  attributes: Readonly<Record<string, unknown>>,
  texts: BoundedTexts,
): SpanRecord["attributes"] {
  // Keys such as `__proto__` must stay plain keys.
  const read: Record<string, AttributeScalar | AttributeScalar[]> = Object.create(null);
  let count = 0;
  for (const key in attributes) {
    if (++count > MOST_ATTRIBUTES) break;
    const value = attributes[key];
    if (value === undefined || value === null) continue;
    read[texts.cut(key)] = Array.isArray(value)
      ? value.slice(0, MOST_VALUES).map((each) => readScalar(each, texts))
      : readScalar(value, texts);
  }
  return read;
}

function readScalar(value: unknown, texts: BoundedTexts): AttributeScalar {
  if (typeof value === "string") return texts.cut(value);
  if (typeof value === "boolean") return value;
  // JSON has no NaN and no infinity.
  return typeof value === "number" && Number.isFinite(value) ? value : texts.cut(String(value));
}

/** Cuts the texts of one span. A text that was cut says how long it was. */
class BoundedTexts {
  #left = MOST_TEXT;

  cut(text: string): string {
    const limit = Math.min(LONGEST_TEXT, Math.max(this.#left, 64));
    this.#left -= Math.min(text.length, limit);
    if (text.length <= limit) return text;
    // Half of a surrogate pair is not valid Unicode.
    return `${text.slice(0, limit).replace(/[\ud800-\udbff]$/, "")}… (${text.length} characters)`;
  }
}
