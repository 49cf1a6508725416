/**
 * Keeps the last runs, each with its whole trace. The viewer has one store in the program's process, and the page has
 * another in the browser.
 */
import type { Limits, StoredSpan } from "./span-record.ts";

/** The default for the most runs that a store keeps. */
export const DEFAULT_MAX_RUNS = 1_000;
/**
 * The most spans of one trace. Later spans are not kept. For example, a worker that never stops may have a trace that
 * never ends.
 */
export const MAX_SPANS_PER_TRACE = 10_000;
/** The most spans of all traces together. */
export const MAX_SPANS = 50_000;
/**
 * The most traces without a run, such as those of HTTP requests. They are kept because a run may still start in them.
 */
export const MAX_TRACES_WITHOUT_RUN = 100;

const OPERATION_KEY = "gen_ai.operation.name";

export interface Trace {
  readonly traceId: string;
  /** The key is the span id. The order is that of arrival. */
  readonly spans: ReadonlyMap<string, StoredSpan>;
}

interface StoredTrace extends Trace {
  readonly spans: Map<string, StoredSpan>;
  runCount: number;
  droppedSpans: number;
}

/** Whether the span has an operation of the GenAI conventions, and no span above it has one. */
export function isRun(span: StoredSpan, spans: ReadonlyMap<string, StoredSpan>): boolean {
  if (span.attributes[OPERATION_KEY] === undefined) return false;
  // The depth is limited, because parents may form a cycle. Only hostile data has one.
  let above = parentOf(span, spans);
  for (let depth = 0; above && depth < 1_000; depth++) {
    if (above.attributes[OPERATION_KEY] !== undefined) return false;
    above = parentOf(above, spans);
  }
  return true;
}

function parentOf(span: StoredSpan, spans: ReadonlyMap<string, StoredSpan>): StoredSpan | undefined {
  return span.parentId === undefined ? undefined : spans.get(span.parentId);
}

export class TraceStore {
  /** The most runs that are kept. The page sets it to the process's number when it connects. */
  maxRuns: number;
  readonly #onRemoved: (trace: Trace) => void;
  /** In order of the first span of each trace. */
  readonly #traces = new Map<string, StoredTrace>();
  readonly #withoutRun = new Set<string>();
  #spanCount = 0;
  #runCount = 0;
  #removedRuns = 0;

  /** @param onRemoved is called with each trace that is removed */
  constructor(maxRuns: number = DEFAULT_MAX_RUNS, onRemoved: (trace: Trace) => void = () => undefined) {
    this.maxRuns = maxRuns;
    this.#onRemoved = onRemoved;
  }

  get traces(): ReadonlyMap<string, Trace> {
    return this.#traces;
  }

  get limits(): Limits {
    const dropped = [...this.#traces.values()].filter(({ droppedSpans }) => droppedSpans > 0);
    return {
      removedRuns: this.#removedRuns,
      droppedSpans: Object.fromEntries(dropped.map(({ traceId, droppedSpans }) => [traceId, droppedSpans])),
    };
  }

  /**
   * Adds a span, or replaces its earlier record.
   *
   * @returns `false` if the trace has too many spans, so that this one is not kept
   */
  put(span: StoredSpan): boolean {
    const trace = this.#traces.get(span.traceId) ?? this.#add(span.traceId);
    const isNew = !trace.spans.has(span.spanId);
    if (isNew && trace.spans.size >= MAX_SPANS_PER_TRACE) {
      // `put` is called at the start and at the end of a span. Only the end counts here.
      if (span.end !== undefined) trace.droppedSpans += 1;
      return false;
    }
    trace.spans.set(span.spanId, span);
    if (!isNew) return true;
    this.#spanCount += 1;
    if (isRun(span, trace.spans)) {
      trace.runCount += 1;
      this.#runCount += 1;
      this.#withoutRun.delete(span.traceId);
    }
    this.#makeRoom(span.traceId);
    return true;
  }

  #add(traceId: string): StoredTrace {
    const trace: StoredTrace = { traceId, spans: new Map(), runCount: 0, droppedSpans: 0 };
    this.#traces.set(traceId, trace);
    this.#withoutRun.add(traceId);
    return trace;
  }

  #makeRoom(current: string): void {
    while (this.#withoutRun.size > MAX_TRACES_WITHOUT_RUN) {
      const [oldest = current] = this.#withoutRun;
      if (oldest === current) break;
      this.#remove(oldest);
    }
    while (this.#spanCount > MAX_SPANS || this.#runCount > this.maxRuns) {
      const [oldest = current] = this.#traces.keys();
      if (oldest === current) break;
      this.#remove(oldest);
    }
  }

  #remove(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (!trace) return;
    this.#traces.delete(traceId);
    this.#withoutRun.delete(traceId);
    this.#spanCount -= trace.spans.size;
    this.#runCount -= trace.runCount;
    this.#removedRuns += trace.runCount;
    this.#onRemoved(trace);
  }
}
