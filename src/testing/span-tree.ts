/** Builds a tree of plain objects from spans, and writes it as a text. */
import { parentIdOf, spanIdOf, spansOf, type RecordedSpan, type SpanSource } from "./recorded-span.ts";

export type SpanKindName = "INTERNAL" | "SERVER" | "CLIENT" | "PRODUCER" | "CONSUMER";
export type SpanStatusName = "UNSET" | "OK" | "ERROR";

/** A span and the spans below it. */
export interface SpanNode {
  readonly name: string;
  readonly kind: SpanKindName;
  readonly status: SpanStatusName;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The children, in order of their start. */
  readonly children: readonly SpanNode[];
}

/** The names at the index of their number: those of `SpanKind`, and those of `SpanStatusCode`. */
const KINDS: readonly SpanKindName[] = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUSES: readonly SpanStatusName[] = ["UNSET", "OK", "ERROR"];

/**
 * Returns the roots, in order of their start, each with the spans below it. A span whose parent is not among the
 * spans is a root. Attributes are copied as they are now, so a span that is still open may have few. Never changes or
 * ends a span.
 *
 * @example
 * const [run] = spanTree(recorder);
 * expect(run?.children.map((span) => span.name)).toEqual(["chat gpt-4o"]);
 */
export function spanTree(spans: SpanSource): SpanNode[] {
  const listed = spansOf(spans);
  const ids = new Set(listed.map(spanIdOf));
  const below = new Map<string | undefined, RecordedSpan[]>();
  // The sort is stable: spans with equal start times keep the order of the list.
  for (const span of listed.toSorted(compareStart)) {
    const parentId = parentIdOf(span);
    const known = parentId !== undefined && ids.has(parentId) ? parentId : undefined;
    const siblings = below.get(known);
    if (siblings) siblings.push(span);
    else below.set(known, [span]);
  }
  const nodesBelow = (id: string | undefined): SpanNode[] =>
    (below.get(id) ?? []).map((span) => ({
      name: span.name,
      kind: KINDS[span.kind] ?? "INTERNAL",
      status: STATUSES[span.status.code] ?? "UNSET",
      attributes: { ...span.attributes },
      children: nodesBelow(spanIdOf(span)),
    }));
  return nodesBelow(undefined);
}

function compareStart(left: RecordedSpan, right: RecordedSpan): number {
  return left.startTime[0] - right.startTime[0] || left.startTime[1] - right.startTime[1];
}

/**
 * The tree as lines of text: names with their kind, the status where one is set, then the attributes sorted by key.
 *
 * ```text
 * invoke_agent booking-agent  INTERNAL
 * │ gen_ai.agent.name: "booking-agent"
 * └── chat gpt-4o  CLIENT  ERROR
 *       error.type: "429"
 * ```
 *
 * @returns a text without a trailing line break; an empty text for no spans
 *
 * @example
 * console.log(formatSpanTree(spanTree(recorder)));
 */
export function formatSpanTree(tree: SpanNode | readonly SpanNode[]): string {
  const roots = "name" in tree ? [tree] : tree;
  return roots.flatMap((root) => linesOf(root, "", "")).join("\n");
}

function linesOf(node: SpanNode, first: string, rest: string): string[] {
  const status = node.status === "UNSET" ? "" : `  ${node.status}`;
  const rail = node.children.length > 0 ? "│ " : "  ";
  const keys = Object.keys(node.attributes).toSorted();
  return [
    `${first}${node.name}  ${node.kind}${status}`,
    ...keys.map((key) => `${rest}${rail}${key}: ${formatValue(node.attributes[key])}`),
    ...node.children.flatMap((child, index) => {
      const isLast = index === node.children.length - 1;
      return linesOf(child, rest + (isLast ? "└── " : "├── "), rest + (isLast ? "    " : "│   "));
    }),
  ];
}

/** Writes a value as one line. Strings are written as JSON. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map(formatValue).join(", ")}]` : String(value);
}
