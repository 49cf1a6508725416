/**
 * The spans of a trace in the order of their tree, with the depth of each.
 */
import type { Trace } from "../traces/trace-store.ts";
import type { StoredSpan } from "../traces/span-record.ts";

export interface PlacedSpan {
  readonly span: StoredSpan;
  readonly depth: number;
  /** Whether each span above it, from the root on, is the last of its siblings, and then whether the span itself is. */
  readonly isLast: readonly boolean[];
}

/** Roots first, in order of their start. A span whose parent is not there is a root. */
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
  // A stack, because a deep trace would be too deep for recursion. Spans in a cycle have no root, and are not placed.
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
