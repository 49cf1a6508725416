/** Puts the spans of a trace in the order of their tree, with the depth of each span. */
import type { Trace } from "../traces/trace-store.ts";
import type { StoredSpan } from "../traces/span-record.ts";

export interface PlacedSpan {
  readonly span: StoredSpan;
  readonly depth: number;
  /**
   * One entry for each level from the root to this span: whether the span at that level is the last of its siblings.
   */
  readonly isLast: readonly boolean[];
}

/**
 * Returns each root, followed by the spans below it. Siblings are in order of their start. A span whose parent is not
 * in the trace is a root.
 */
export function placeSpans({ spans }: Trace): PlacedSpan[] {
  const below = new Map<string | undefined, StoredSpan[]>();
  for (const span of spans.values()) {
    const isBelow = span.parentId !== undefined && span.parentId !== span.spanId && spans.has(span.parentId);
    const parent = isBelow ? span.parentId : undefined;
    const siblings = below.get(parent);
    if (siblings) siblings.push(span);
    else below.set(parent, [span]);
  }
  for (const siblings of below.values()) siblings.sort((left, right) => left.start - right.start);
  const placed: PlacedSpan[] = [];
  // A stack, because a deep trace would exceed the limit of recursion. Spans whose parents form a cycle have no root,
  // and are left out.
  const open: PlacedSpan[] = [];
  const push = (parent: string | undefined, depth: number, above: readonly boolean[]): void => {
    const children = below.get(parent) ?? [];
    for (let at = children.length - 1; at >= 0; at--) {
      const span = children[at];
      if (span) open.push({ span, depth, isLast: [...above, at === children.length - 1] });
    }
  };
  push(undefined, 0, []);
  for (let next = open.pop(); next; next = open.pop()) {
    placed.push(next);
    push(next.span.spanId, next.depth + 1, next.isLast);
  }
  return placed;
}
