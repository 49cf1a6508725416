/** Builds trees from the spans of one trace. It uses no recursion, because a trace may be as deep as it has spans. */
import type { PrintedSpan } from "./exported-span.ts";

/** A span with its place in the tree. */
export interface PlacedSpan {
  readonly span: PrintedSpan;
  /** The number of levels above the span; 0 for the top. */
  readonly depth: number;
  /** Whether the span is the last one below its parent. */
  readonly isLast: boolean;
}

/** A top span and all spans below it. */
export interface SpanTree {
  readonly spans: readonly PrintedSpan[];
  /**
   * The spans to print: the GenAI spans, all spans below them, and the spans above them. Empty if the tree has no GenAI
   * span.
   */
  readonly placed: readonly PlacedSpan[];
}

/**
 * @param topId the span whose tree is built. By default, a tree is built for every span whose parent is not in `spans`
 */
export function buildForest(spans: readonly PrintedSpan[], topId?: string): SpanTree[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = new Map<string, PrintedSpan[]>();
  const tops: PrintedSpan[] = [];
  // The sort is stable: spans with equal start times stay in the order in which they ended.
  for (const span of spans.toSorted((left, right) => left.startMs - right.startMs)) {
    const { parentId, spanId } = span;
    const isTop = topId === undefined ? parentId === undefined || !ids.has(parentId) : spanId === topId;
    if (isTop) tops.push(span);
    else if (parentId !== undefined) {
      const siblings = below.get(parentId);
      if (siblings) siblings.push(span);
      else below.set(parentId, [span]);
    }
  }
  return tops.map((top) => buildTree(top, below));
}

function buildTree(top: PrintedSpan, below: ReadonlyMap<string, readonly PrintedSpan[]>): SpanTree {
  const spans: PrintedSpan[] = [];
  const parents = new Map<PrintedSpan, PrintedSpan>();
  const inRun = new Set<PrintedSpan>();
  const waiting = [top];
  for (let span = waiting.pop(); span; span = waiting.pop()) {
    spans.push(span);
    const parent = parents.get(span);
    if (span.isGenAI || (parent && inRun.has(parent))) inRun.add(span);
    for (const child of below.get(span.spanId) ?? []) {
      parents.set(child, span);
      waiting.push(child);
    }
  }
  const printed = new Set(inRun);
  for (const span of inRun) {
    for (let above = parents.get(span); above && !printed.has(above); above = parents.get(above))
      printed.add(above);
  }
  return { spans, placed: printed.has(top) ? placeSpans(top, below, printed) : [] };
}

function placeSpans(
  top: PrintedSpan,
  below: ReadonlyMap<string, readonly PrintedSpan[]>,
  printed: ReadonlySet<PrintedSpan>,
): PlacedSpan[] {
  const placed: PlacedSpan[] = [];
  const waiting: PlacedSpan[] = [{ span: top, depth: 0, isLast: true }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    placed.push(next);
    const children = (below.get(next.span.spanId) ?? []).filter((child) => printed.has(child));
    for (const [index, span] of [...children.entries()].toReversed())
      waiting.push({ span, depth: next.depth + 1, isLast: index === children.length - 1 });
  }
  return placed;
}
