/**
 * Keeps the spans that have ended until the top span of their tree has ended too. A top span has no parent, or its
 * parent is in another process, or its parent's tree was already taken out.
 */
import type { PrintedSpan } from "./exported-span.ts";
import { buildForest, type SpanTree } from "./span-forest.ts";

/** The most spans that wait, over all traces together. */
export const WAITING_LIMIT = 10_000;
/** The most span ids in `#finished`. */
const FINISHED_LIMIT = 10_000;

export class WaitingSpans {
  /** The waiting spans by trace id and span id. The trace that waits longest is the first. */
  readonly #traces = new Map<string, Map<string, PrintedSpan>>();
  /** The ids of spans that were taken out with their tree. The oldest is the first. */
  readonly #finished = new Set<string>();
  #count = 0;

  /**
   * Adds spans that have ended.
   *
   * @returns the trees that are complete now, in the order in which their top spans ended
   */
  add(spans: readonly PrintedSpan[]): SpanTree[] {
    for (const span of spans) {
      const trace = this.#traces.get(span.traceId) ?? new Map<string, PrintedSpan>();
      this.#traces.set(span.traceId, trace);
      if (!trace.has(span.spanId)) this.#count += 1;
      trace.set(span.spanId, span);
    }
    return spans.filter((span) => this.#isTop(span)).flatMap((span) => this.#takeTree(span));
  }

  /**
   * Removes the traces that wait longest, until at most `limit` spans wait.
   *
   * @returns the spans of each removed trace. The parents of its topmost spans have not ended.
   */
  takeOverLimit(limit = WAITING_LIMIT): SpanTree[] {
    const taken: SpanTree[] = [];
    for (const trace of this.#traces.values()) {
      if (this.#count <= limit) break;
      const spans = [...trace.values()];
      taken.push({ spans, placed: buildForest(spans).flatMap(({ placed }) => placed) });
      this.#remove(spans);
    }
    return taken;
  }

  #isTop({ traceId, parentId }: PrintedSpan): boolean {
    return parentId === undefined || this.#finished.has(traceId + parentId);
  }

  #takeTree(top: PrintedSpan): SpanTree[] {
    const trace = this.#traces.get(top.traceId);
    // Another top span of the same batch is above this one, so this span was taken with that tree.
    if (!trace?.has(top.spanId)) return [];
    const tree = buildForest([...trace.values()], top.spanId);
    this.#remove(tree.flatMap(({ spans }) => spans));
    return tree;
  }

  #remove(spans: Iterable<PrintedSpan>): void {
    for (const { traceId, spanId } of spans) {
      const trace = this.#traces.get(traceId);
      if (trace?.delete(spanId)) this.#count -= 1;
      if (trace?.size === 0) this.#traces.delete(traceId);
      this.#finished.add(traceId + spanId);
    }
    for (const id of this.#finished) {
      if (this.#finished.size <= FINISHED_LIMIT) break;
      this.#finished.delete(id);
    }
  }
}
