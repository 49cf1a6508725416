/** The types of a span as plain data. The viewer keeps such records, sends them to its page and saves them. */
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
  /** The description of the status. ai-spans records none, but other instrumentations do. */
  readonly statusText?: string | undefined;
  readonly attributes: Readonly<Record<string, AttributeScalar | readonly AttributeScalar[]>>;
  readonly events: readonly EventRecord[];
  readonly links: readonly LinkRecord[];
  /**
   * How many attributes, events and links are missing because of a limit of the SDK or the viewer. Absent if none are.
   */
  readonly droppedCount?: number | undefined;
  /** Whether the process ended before the span did. The page sets it when it is connected to another process. */
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

/** The first event on each connection. */
export interface Hello {
  /** An id that is different for each viewer. By it, the page notices that the process is another one. */
  readonly viewer: string;
  /** The most runs that are kept. */
  readonly maxRuns: number;
}

/** What the store did not keep, because its space is limited. */
export interface Limits {
  /** How many runs were removed. */
  readonly removedRuns: number;
  /**
   * By trace id: how many spans ended and were never kept, because their trace had too many. A trace without such spans
   * has no entry.
   */
  readonly droppedSpans: Readonly<Record<string, number>>;
}
