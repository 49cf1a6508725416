/**
 * A trace as lines of text, to paste where only text fits.
 */
import type { Trace } from "../traces/trace-store.ts";
import type { SpanRecord } from "../traces/span-record.ts";
import { formatCount, formatDuration } from "./formats.ts";
import { extraOf, outcomeOf, outcomeText } from "./outcome.ts";
import { placeSpans } from "./span-tree.ts";

export function textTree(trace: Trace): string {
  return placeSpans(trace)
    .map(({ span, isLast }) => `${rails(isLast)}${oneLine(span.name)}  ${facts(span).join("  ")}`.trimEnd())
    .join("\n");
}

/** Of roots none, so the first entry counts for nothing. */
function rails([, ...isLast]: readonly boolean[]): string {
  return isLast
    .map((last, at) => (at === isLast.length - 1 ? (last ? "└── " : "├── ") : last ? "    " : "│   "))
    .join("");
}

function facts(span: SpanRecord): string[] {
  const { attributes } = span;
  const found = [
    oneLine(outcomeText(outcomeOf(span))),
    formatDuration(span.end === undefined ? undefined : span.end - span.start),
  ];
  const add = (label: string, value: unknown): void => {
    if (typeof value === "number") found.push(`${label} ${formatCount(value)}`);
  };
  add("in", attributes["gen_ai.usage.input_tokens"]);
  add("cached", attributes["gen_ai.usage.cache_read.input_tokens"]);
  add("out", attributes["gen_ai.usage.output_tokens"]);
  add("reasoning", attributes["gen_ai.usage.reasoning.output_tokens"]);
  add("retries", extraOf(span, "retry.count"));
  const firstChunk = attributes["gen_ai.response.time_to_first_chunk"];
  if (typeof firstChunk === "number") found.push(`first chunk ${formatDuration(firstChunk * 1_000)}`);
  const approval = extraOf(span, "tool.approval");
  if (approval !== undefined) found.push(`approval ${oneLine(String(approval))}`);
  return found.filter((text) => text !== "");
}

/** Control characters, such as escapes for terminals, are replaced. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
