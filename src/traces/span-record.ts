/**
 * A span as plain data, as the viewer keeps it, sends it to its page and saves it. Types only.
 */
export type AttributeScalar = string | number | boolean;

export interface StoredSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  /** The name of a `SpanKind`. */
  readonly kind: string;
  /** The name of the instrumentation scope. */
  readonly scope?: string | undefined;
  /** Milliseconds since 1970, with fractions. */
  readonly start: number;
  /** Milliseconds since 1970, with fractions. Absent while the span is open. */
  readonly end?: number | undefined;
  readonly status: "UNSET" | "OK" | "ERROR";
  /** The description of the status. ai-spans records none; other instrumentations do. */
  readonly statusText?: string | undefined;
  readonly attributes: Readonly<Record<string, AttributeScalar | readonly AttributeScalar[]>>;
  readonly events: readonly EventRecord[];
  readonly links: readonly LinkRecord[];
  /** How many attributes, events and links are not kept, because the SDK or the viewer has a limit. Absent for none. */
  readonly droppedCount?: number | undefined;
  /** The process ended before the span did. The page sets it, when it finds another process. */
  readonly isLost?: boolean | undefined;
}

export interface EventRecord {
  readonly name: string;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  readonly attributes: StoredSpan["attributes"];
}

export interface LinkRecord {
  readonly traceId: string;
  readonly spanId: string;
}

/** What the server says first on each connection. */
export interface Hello {
  /** Another one for each viewer, so that the page notices another process. */
  readonly viewer: string;
  /** The number of runs that are kept. */
  readonly maxRuns: number;
}

/** What made room for other spans. */
export interface Limits {
  /** Runs that are no longer kept. */
  readonly removedRuns: number;
  /** By trace id: the spans that ended and were never kept, because their trace has too many. Traces with none are absent. */
  readonly droppedSpans: Readonly<Record<string, number>>;
}
