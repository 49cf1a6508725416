/** Shows how a span ended as a sign and a word, so that nobody depends on the color. */
import type { StoredSpan } from "../traces/span-record.ts";

/** The outcomes that a run can have. */
export const OUTCOME_NAMES = ["ok", "error", "canceled", "running", "lost"] as const;
/** A tool call may also be denied, or wait for an approval or a result (`pending`). */
export type OutcomeName = (typeof OUTCOME_NAMES)[number] | "pending" | "denied";

export interface SpanOutcome {
  readonly name: OutcomeName;
  readonly sign: string;
  /** The type of an error, the cause of a cancellation, or what a tool call waits for. */
  readonly detail: string;
}

const SIGNS: Readonly<Record<OutcomeName, string>> = {
  ok: "✓",
  error: "✕",
  canceled: "■",
  running: "…",
  lost: "?",
  pending: "○",
  denied: "⊘",
};

export function outcomeOf(span: StoredSpan): SpanOutcome {
  const name = nameOf(span);
  return { name, sign: SIGNS[name], detail: detailOf(span, name) };
}

function nameOf(span: StoredSpan): OutcomeName {
  if (span.end === undefined) return span.isLost ? "lost" : "running";
  if (span.status === "ERROR") return "error";
  if (extraOf(span, "canceled") === true) return "canceled";
  const approval = extraOf(span, "tool.approval");
  if (approval === "denied") return "denied";
  return approval === "requested" || extraOf(span, "tool.pending") === true ? "pending" : "ok";
}

function detailOf(span: StoredSpan, name: OutcomeName): string {
  if (name === "lost") return "the process has ended";
  if (name === "error") return String(span.attributes["error.type"] ?? "");
  if (name === "canceled") return String(extraOf(span, "cancel.cause") ?? "");
  return name === "pending" && extraOf(span, "tool.approval") === "requested" ? "approval" : "";
}

/** The state of an approval; an empty text if the outcome already says it. */
export function approvalOf(span: StoredSpan): string {
  const approval = extraOf(span, "tool.approval");
  if (approval === undefined || approval === "denied" || approval === "requested") return "";
  return `approval ${String(approval)}`;
}

/** The outcome as a text: sign, word and detail, such as `✕ error 429`. */
export function outcomeText({ name, sign, detail }: SpanOutcome): string {
  return `${sign} ${name}${detail === "" ? "" : ` ${detail}`}`;
}

/**
 * Reads an attribute that is not in the conventions. The program chooses the namespace of its key, so a key with this
 * end is searched.
 */
export function extraOf(span: StoredSpan, name: string): StoredSpan["attributes"][string] | undefined {
  const preferred = span.attributes[`ai_spans.${name}`];
  if (preferred !== undefined) return preferred;
  const end = `.${name}`;
  for (const key in span.attributes) {
    if (key.endsWith(end) && !key.startsWith("gen_ai.")) return span.attributes[key];
  }
  return undefined;
}
