/**
 * What the assertions read of a span, by structure: the spans of OpenTelemetry's SDK 1, 2 and 3 are of this shape.
 */

/** A span as an OpenTelemetry SDK hands it to processors and exporters; its `ReadableSpan` fits. */
export interface RecordedSpan {
  readonly name: string;
  /** The number of a `SpanKind`. */
  readonly kind: number;
  /** `code`: the number of a `SpanStatusCode`. */
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly AttributeHolder[];
  readonly links: readonly AttributeHolder[];
  /** Seconds and nanoseconds. */
  readonly startTime: readonly [number, number];
  /** Absent on roots, and in SDK 1, which has `parentSpanId` in its place. */
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  readonly parentSpanId?: string | undefined;
  spanContext(): { readonly spanId: string };
}

/** An event or a link of a span. */
export interface AttributeHolder {
  /** Events only. */
  readonly name?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** The spans that an assertion looks at: all that a recorder saw start, or a list, such as an in-memory exporter's. */
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
