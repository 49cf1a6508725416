/**
 * How a span ended, in a sign and a word, so that nobody needs the color.
 */
import type { SpanRecord } from "../traces/span-record.ts";

export const OUTCOME_NAMES = ["ok", "error", "canceled", "running", "lost"] as const;
export type OutcomeName = (typeof OUTCOME_NAMES)[number];

export interface SpanOutcome {
  readonly name: OutcomeName;
  readonly sign: string;
  /** The error's type, or the cause of a cancellation. */
  readonly detail: string;
}

const SIGNS: Readonly<Record<OutcomeName, string>> = {
  ok: "✓",
  error: "✕",
  canceled: "■",
  running: "…",
  lost: "?",
};

export function outcomeOf(span: SpanRecord): SpanOutcome {
  const name = nameOf(span);
  return { name, sign: SIGNS[name], detail: detailOf(span, name) };
}

function nameOf(span: SpanRecord): OutcomeName {
  if (span.end === undefined) return span.isLost ? "lost" : "running";
  if (span.status === "ERROR") return "error";
  return extraOf(span, "canceled") === true ? "canceled" : "ok";
}

function detailOf(span: SpanRecord, name: OutcomeName): string {
  if (name === "lost") return "the process has ended";
  const detail = name === "error" ? span.attributes["error.type"] : extraOf(span, "cancel.cause");
  return name === "ok" || name === "running" || detail === undefined ? "" : String(detail);
}

/** The word and its detail, such as `error 429`. */
export function outcomeText({ name, sign, detail }: SpanOutcome): string {
  return `${sign} ${name}${detail === "" ? "" : ` ${detail}`}`;
}

/** An attribute of ai-spans. Its namespace is the program's choice, so the key is known by its end. */
export function extraOf(span: SpanRecord, name: string): SpanRecord["attributes"][string] | undefined {
  const preferred = span.attributes[`ai_spans.${name}`];
  if (preferred !== undefined) return preferred;
  const end = `.${name}`;
  for (const key in span.attributes) {
    if (key.endsWith(end) && !key.startsWith("gen_ai.")) return span.attributes[key];
  }
  return undefined;
}
