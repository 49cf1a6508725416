/**
 * The outcomes of a span and their records. No function here has side effects. docs/why/design.md has the table of
 * events and outcomes.
 */
import type { Outcome, AttributeRecord } from "./records.ts";

export const OK: Outcome = { kind: "ok" };
export const ABORTED: Outcome = { kind: "canceled", cause: "abort" };
export const LEFT_BY_CONSUMER: Outcome = { kind: "canceled", cause: "consumer" };
export const ABANDONED: Outcome = { kind: "canceled", cause: "abandoned" };
/** The process ends before the work ends. */
export const SHUTDOWN: Outcome = { kind: "canceled", cause: "shutdown" };
/**
 * Every deadline has this one `error.type`. Otherwise the type would depend on the runtime, because runtimes throw
 * different errors.
 */
export const TIMED_OUT: Outcome = failedWith("timeout");
/** The result of a tool is marked as an error: by an MCP server, or by the provider that executed the tool. */
export const TOOL_ERROR: Outcome = failedWith("tool_error");

export function failedWith(errorType: string): Outcome {
  return { kind: "error", errorType };
}

function isTimeout(outcome: Outcome): boolean {
  return outcome.kind === "error" && outcome.errorType === "timeout";
}

/** Whether the work did not end by itself: it was canceled or reached a deadline. */
export function isStopped(outcome: Outcome): boolean {
  return outcome.kind === "canceled" || isTimeout(outcome);
}

/**
 * Whether the SDK makes no further attempt after this outcome. Of all outcomes, only an abort and a deadline stop its
 * retries.
 */
export function cutsRetries(outcome: Outcome): boolean {
  return isTimeout(outcome) || (outcome.kind === "canceled" && outcome.cause === "abort");
}

/** The record of an outcome. It is empty for completed work. */
export function outcomeRecord(outcome: Outcome): AttributeRecord {
  if (outcome.kind === "error") return { errorType: outcome.errorType };
  return outcome.kind === "canceled" ? { canceled: true, cancelCause: outcome.cause } : {};
}
