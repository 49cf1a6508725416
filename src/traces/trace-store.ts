/**
 * Keeps the last runs with their whole traces, and no more. The program's process has one store for the viewer, and the
 * page in the browser has another.
 */
import type { Limits, StoredSpan } from "./span-record.ts";

/** Kept of a process by default. */
export const DEFAULT_MAX_RUNS = 1_000;
/** A trace that grows beyond it, such as that of a worker that never stops, gets no further spans. */
export const MAX_SPANS_PER_TRACE = 10_000;
/** Over all traces. */
export const MAX_SPANS = 50_000;
/** Traces without a run, such as those of other requests. A run may still start in them. */
export const MAX_TRACES_WITHOUT_RUN = 100;

const OPERATION_KEY = "gen_ai.operation.name";

export interface Trace {
  readonly traceId: string;
  /** By span id, in order of their arrival. */
  readonly spans: ReadonlyMap<string, StoredSpan>;
}

interface StoredTrace extends Trace {
  readonly spans: Map<string, StoredSpan>;
  runCount: number;
  droppedSpans: number;
}

/** Whether the span is one of the GenAI conventions, and no span above it is. */
export function isRun(span: StoredSpan, spans: ReadonlyMap<string, StoredSpan>): boolean {
  if (span.attributes[OPERATION_KEY] === undefined) return false;
  // A cycle of parents, which only hostile data has, must end.
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
  /** The page gets the number of the process when it connects. */
  maxRuns: number;
  readonly #onRemoved: (trace: Trace) => void;
  /** In order of their first span. */
  readonly #traces = new Map<string, StoredTrace>();
  readonly #withoutRun = new Set<string>();
  #spanCount = 0;
  #runCount = 0;
  #removedRuns = 0;

  /** @param onRemoved is notified of each trace that makes room for others */
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
   * @returns `false` where the trace has too many spans, so that this one is not kept
   */
  put(span: StoredSpan): boolean {
    const trace = this.#traces.get(span.traceId) ?? this.#add(span.traceId);
    const isNew = !trace.spans.has(span.spanId);
    if (isNew && trace.spans.size >= MAX_SPANS_PER_TRACE) {
      // A span is put when it starts and when it ends, and counts once.
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
