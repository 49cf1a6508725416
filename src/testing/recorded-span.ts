/**
 * The types of the span properties that the assertions read. The spans of OpenTelemetry's SDKs 1, 2 and 3 have them.
 */

/** A span that an OpenTelemetry SDK passes to processors and exporters. Its `ReadableSpan` has this type. */
export interface RecordedSpan {
  readonly name: string;
  /** The number of a `SpanKind`. */
  readonly kind: number;
  /** Its `code` is the number of a `SpanStatusCode`. */
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly AttributeHolder[];
  readonly links: readonly AttributeHolder[];
  /** Seconds and nanoseconds. */
  readonly startTime: readonly [number, number];
  /** Absent on roots, and in SDK 1, which has `parentSpanId` instead. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly parentSpanId?: string | undefined;
  spanContext(): { readonly spanId: string };
}

/** An event or a link of a span. */
export interface AttributeHolder {
  /** Only events have a name. */
  readonly name?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The spans that an assertion reads: a recorder, whose `started` is read, or a list, such as that of an in-memory
 * exporter.
 */
export type SpanSource = { readonly started: readonly RecordedSpan[] } | readonly RecordedSpan[];

export function spansOf(source: SpanSource): readonly RecordedSpan[] {
  return "started" in source ? source.started : source;
}

export function spanIdOf(span: RecordedSpan): string {
  return span.spanContext().spanId;
}

export function parentIdOf(span: RecordedSpan): string | undefined {
  return span.parentSpanContext?.spanId ?? span.parentSpanId;
}
