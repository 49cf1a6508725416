// Formats finished spans as lines of text. It only reads attributes and has no side effects.
import { SpanStatusCode, type Attributes, type HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";

export interface PrintTreeOptions {
  readonly colour: boolean;
}

type Paint = "green" | "yellow" | "red" | "dim" | "plain";

interface Row {
  readonly branch: string;
  readonly name: string;
  readonly outcome: { readonly text: string; readonly paint: Paint };
  readonly duration: string;
  readonly tokens: string;
  readonly firstChunk: string;
}

const escapes: Record<Paint, string> = {
  green: "\u001b[32m",
  yellow: "\u001b[33m",
  red: "\u001b[31m",
  dim: "\u001b[2m",
  plain: "",
};

/** Returns a line of column titles, then one line per span: name, outcome, duration, tokens, time to first chunk. */
export function printTree(spans: readonly ReadableSpan[], options: PrintTreeOptions): string[] {
  const known = new Set(spans.map((span) => span.spanContext().spanId));
  const roots = spans.filter((span) => !known.has(span.parentSpanContext?.spanId ?? ""));
  const rows = byStart(roots).flatMap((root) => treeRows(root, spans, "", ""));
  return alignRows(rows, options.colour);
}

function treeRows(
  span: ReadableSpan,
  spans: readonly ReadableSpan[],
  branch: string,
  indent: string,
): readonly Row[] {
  const { spanId } = span.spanContext();
  const children = byStart(spans.filter((other) => other.parentSpanContext?.spanId === spanId));
  return [
    spanRow(span, branch),
    ...children.flatMap((child, index) => {
      const last = index === children.length - 1;
      return treeRows(
        child,
        spans,
        `${indent}${last ? "└── " : "├── "}`,
        `${indent}${last ? "    " : "│   "}`,
      );
    }),
  ];
}

function spanRow(span: ReadableSpan, branch: string): Row {
  const { attributes } = span;
  const firstChunk = readNumber(attributes, "gen_ai.response.time_to_first_chunk");
  return {
    branch,
    name: span.name,
    outcome: readOutcome(span),
    duration: span.ended ? formatSeconds(toSeconds(span.duration)) : "",
    tokens: formatTokens(attributes),
    firstChunk: firstChunk === undefined ? "" : formatSeconds(firstChunk),
  };
}

function readOutcome({ ended, status, attributes }: ReadableSpan): Row["outcome"] {
  if (!ended) return { text: "still open", paint: "red" };
  const retries = readNumber(attributes, "ai_spans.retry.count");
  const suffix = retries ? ` (${retries} ${retries === 1 ? "retry" : "retries"})` : "";
  if (status.code === SpanStatusCode.ERROR) {
    return { text: `error ${readText(attributes, "error.type")}${suffix}`, paint: "red" };
  }
  if (attributes["ai_spans.canceled"] === true) {
    return { text: `canceled ${readText(attributes, "ai_spans.cancel.cause")}${suffix}`, paint: "yellow" };
  }
  return { text: `ok${suffix}`, paint: "green" };
}

function formatTokens(attributes: Attributes): string {
  const input = readNumber(attributes, "gen_ai.usage.input_tokens");
  const output = readNumber(attributes, "gen_ai.usage.output_tokens");
  if (input === undefined && output === undefined) return "";
  return `${formatCount(input)} → ${formatCount(output)}`;
}

/** Aligns text columns to the left and numbers to the right. An empty last column adds no spaces. */
function alignRows(rows: readonly Row[], colour: boolean): string[] {
  const paint = (text: string, name: Paint) =>
    colour && escapes[name] && text ? `${escapes[name]}${text}\u001b[0m` : text;

  const nameWidth = width(
    "span",
    rows.map((row) => row.branch + row.name),
  );
  const outcomeWidth = width(
    "outcome",
    rows.map((row) => row.outcome.text),
  );
  const durationWidth = width(
    "duration",
    rows.map((row) => row.duration),
  );
  const tokensWidth = width(
    "tokens",
    rows.map((row) => row.tokens),
  );
  const firstChunkWidth = width(
    "first chunk",
    rows.map((row) => row.firstChunk),
  );

  const title = [
    "span".padEnd(nameWidth),
    "outcome".padEnd(outcomeWidth),
    "duration".padStart(durationWidth),
    "tokens".padStart(tokensWidth),
    "first chunk".padStart(firstChunkWidth),
  ].join("  ");

  const lines = rows.map((row) => {
    const cells = [
      paint(row.branch, "dim") + row.name.padEnd(nameWidth - row.branch.length),
      paint(row.outcome.text, row.outcome.paint) + " ".repeat(outcomeWidth - row.outcome.text.length),
      row.duration.padStart(durationWidth),
      row.tokens.padStart(tokensWidth),
      row.firstChunk.padStart(firstChunkWidth),
    ];
    return cells.join("  ").trimEnd();
  });
  return [paint(title, "dim"), ...lines];
}

function width(title: string, texts: readonly string[]): number {
  return Math.max(title.length, ...texts.map((text) => text.length));
}

function byStart(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  return spans.toSorted((first, second) => toSeconds(first.startTime) - toSeconds(second.startTime));
}

function toSeconds([seconds, nanoseconds]: HrTime): number {
  return seconds + nanoseconds / 1e9;
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}

function formatCount(count: number | undefined): string {
  return count === undefined ? "?" : count.toLocaleString("en-US");
}

function readNumber(attributes: Attributes, key: string): number | undefined {
  const value = attributes[key];
  return typeof value === "number" ? value : undefined;
}

function readText(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === "string" ? value : "";
}
