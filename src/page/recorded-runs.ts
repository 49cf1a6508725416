/** Holds the spans that the page has received, and the summaries of their runs. */
import type { Hello, Limits, StoredSpan } from "../traces/span-record.ts";
import { TraceStore, type Trace } from "../traces/trace-store.ts";
import { runsOf, type RunSummary } from "./run-summary.ts";

export class RecordedRuns {
  readonly #store = new TraceStore(undefined, ({ traceId }) => this.#changed.add(traceId));
  readonly #summaries = new Map<string, readonly RunSummary[]>();
  readonly #changed = new Set<string>();
  #viewer: string | undefined;
  #limits: Limits | undefined;

  /** The ids of the traces that have changed since the last call of `summaries`. */
  get changed(): ReadonlySet<string> {
    return this.#changed;
  }

  /** What the program's store did not keep. For saved spans, what the store of the page did not keep. */
  get limits(): Limits {
    return this.#limits ?? this.#store.limits;
  }

  set limits(limits: Limits) {
    this.#limits = limits;
  }

  trace(traceId: string): Trace | undefined {
    return this.#store.traces.get(traceId);
  }

  add(spans: readonly StoredSpan[]): void {
    for (const span of spans) {
      this.#store.put(span);
      this.#changed.add(span.traceId);
    }
  }

  /**
   * Is called at each connection. Another viewer id means that the program was restarted. Then all open spans are
   * marked as lost, because they never end.
   */
  greet({ viewer, maxRuns }: Hello): void {
    this.#store.maxRuns = maxRuns;
    if (this.#viewer !== undefined && this.#viewer !== viewer) this.#loseOpenSpans();
    this.#viewer = viewer;
  }

  #loseOpenSpans(): void {
    const spans = [...this.#store.traces.values()].flatMap((trace) => [...trace.spans.values()]);
    this.add(spans.filter(({ end }) => end === undefined).map((span) => ({ ...span, isLost: true })));
  }

  /** Summaries of all runs. If a trace has not changed, its summaries are the same objects as at the last call. */
  summaries(): RunSummary[] {
    for (const traceId of this.#changed) {
      const trace = this.#store.traces.get(traceId);
      if (trace) this.#summaries.set(traceId, runsOf(trace));
      else this.#summaries.delete(traceId);
    }
    this.#changed.clear();
    return [...this.#summaries.values()].flat();
  }
}
