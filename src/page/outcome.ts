/**
 * How a span ended, in a sign and a word, so that nobody needs the color.
 */
import type { StoredSpan } from "../traces/span-record.ts";

/** The outcomes that a run can have. */
export const OUTCOME_NAMES = ["ok", "error", "canceled", "running", "lost"] as const;
/** A call of a tool may also wait for an approval or a result, or be denied. */
export type OutcomeName = (typeof OUTCOME_NAMES)[number] | "pending" | "denied";

export interface SpanOutcome {
  readonly name: OutcomeName;
  readonly sign: string;
  /** The error's type, the cause of a cancellation, or what a call waits for. */
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

/** What became of an approval, where the outcome does not say it. */
export function approvalOf(span: StoredSpan): string {
  const approval = extraOf(span, "tool.approval");
  if (approval === undefined || approval === "denied" || approval === "requested") return "";
  return `approval ${String(approval)}`;
}

/** The word and its detail, such as `error 429`. */
export function outcomeText({ name, sign, detail }: SpanOutcome): string {
  return `${sign} ${name}${detail === "" ? "" : ` ${detail}`}`;
}

/** An attribute of ai-spans. Its namespace is the program's choice, so the key is known by its end. */
export function extraOf(span: StoredSpan, name: string): StoredSpan["attributes"][string] | undefined {
  const preferred = span.attributes[`ai_spans.${name}`];
  if (preferred !== undefined) return preferred;
  const end = `.${name}`;
  for (const key in span.attributes) {
    if (key.endsWith(end) && !key.startsWith("gen_ai.")) return span.attributes[key];
  }
  return undefined;
}
