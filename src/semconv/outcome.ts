/**
 * The outcomes that a span can have, what is recorded of them, and how the end of a run ends what is still open below it.
 * Pure; the table is in docs/why/design.md.
 */
import type { Outcome, SpanRecord } from "./records.ts";

export const OK: Outcome = { kind: "ok" };
export const ABORTED: Outcome = { kind: "canceled", cause: "abort" };
export const LEFT_BY_CONSUMER: Outcome = { kind: "canceled", cause: "consumer" };
export const ABANDONED: Outcome = { kind: "canceled", cause: "abandoned" };
/** A deadline is an error of its own kind, whatever class the runtime throws for it. */
export const TIMED_OUT: Outcome = failedWith("timeout");
/** An MCP server says of a result that it is an error. */
export const TOOL_ERROR: Outcome = failedWith("tool_error");

export function failedWith(errorType: string): Outcome {
  return { kind: "error", errorType };
}

function isTimeout(outcome: Outcome): boolean {
  return outcome.kind === "error" && outcome.errorType === "timeout";
}

/** Whether work was stopped from outside: by an abort, a deadline, or a consumer that left. */
export function isStopped(outcome: Outcome): boolean {
  return outcome.kind === "canceled" || isTimeout(outcome);
}

/** Whether an outcome ends the waiting for another attempt, rather than only the observation of it. */
export function cutsRetries(outcome: Outcome): boolean {
  return isTimeout(outcome) || (outcome.kind === "canceled" && outcome.cause === "abort");
}

/** What spans and metrics record of an outcome: nothing where the work completed. */
export function outcomeRecord(outcome: Outcome): SpanRecord {
  if (outcome.kind === "error") return { errorType: outcome.errorType };
  return outcome.kind === "canceled" ? { canceled: true, cancelCause: outcome.cause } : {};
}
