/** Writes a trace as lines of text, to paste it where only text is possible. */
import type { Trace } from "../traces/trace-store.ts";
import type { StoredSpan } from "../traces/span-record.ts";
import { formatCount, formatDuration } from "./formats.ts";
import { approvalOf, extraOf, outcomeOf, outcomeText } from "./outcome.ts";
import { firstChunkOf, tokensOf } from "./recorded-facts.ts";
import { placeSpans } from "./span-tree.ts";

export function textTree(trace: Trace): string {
  return placeSpans(trace)
    .map(({ span, isLast }) => `${rails(isLast)}${oneLine(span.name)}  ${facts(span).join("  ")}`.trimEnd())
    .join("\n");
}

/** The lines that connect a span with its parent. A root has none, so the entry of the root is skipped. */
function rails([, ...isLast]: readonly boolean[]): string {
  return isLast
    .map((last, at) => (at === isLast.length - 1 ? (last ? "└── " : "├── ") : last ? "    " : "│   "))
    .join("");
}

function facts(span: StoredSpan): string[] {
  const found = [
    oneLine(outcomeText(outcomeOf(span))),
    formatDuration(span.end === undefined ? undefined : span.end - span.start),
  ];
  const add = (label: string, value: unknown): void => {
    if (typeof value === "number") found.push(`${label} ${formatCount(value)}`);
  };
  add("in", tokensOf(span, "input"));
  add("cached", tokensOf(span, "cached"));
  add("out", tokensOf(span, "output"));
  add("reasoning", tokensOf(span, "reasoning"));
  add("retries", extraOf(span, "retry.count"));
  const firstChunk = firstChunkOf(span);
  if (firstChunk !== undefined) found.push(`first chunk ${formatDuration(firstChunk)}`);
  found.push(oneLine(approvalOf(span)));
  return found.filter((text) => text !== "");
}

/** Replaces control characters by spaces. They could break the line, or control a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
