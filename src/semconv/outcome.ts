/**
 * The outcomes of a span and their records. Pure. docs/why/design.md has the table of events and outcomes.
 */
import type { Outcome, SpanRecord } from "./records.ts";

export const OK: Outcome = { kind: "ok" };
export const ABORTED: Outcome = { kind: "canceled", cause: "abort" };
export const LEFT_BY_CONSUMER: Outcome = { kind: "canceled", cause: "consumer" };
export const ABANDONED: Outcome = { kind: "canceled", cause: "abandoned" };
/** The process stops, and said so before. */
export const SHUTDOWN: Outcome = { kind: "canceled", cause: "shutdown" };
/** A deadline has one `error.type`, because runtimes throw errors of different classes for it. */
export const TIMED_OUT: Outcome = failedWith("timeout");
/** The result of a tool is marked as an error: by an MCP server, or by the provider that executed the tool. */
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

/** Whether the SDK makes no further attempt after this outcome. Only an abort and a deadline stop its retries. */
export function cutsRetries(outcome: Outcome): boolean {
  return isTimeout(outcome) || (outcome.kind === "canceled" && outcome.cause === "abort");
}

/** The record of an outcome, which is empty for completed work. */
export function outcomeRecord(outcome: Outcome): SpanRecord {
  if (outcome.kind === "error") return { errorType: outcome.errorType };
  return outcome.kind === "canceled" ? { canceled: true, cancelCause: outcome.cause } : {};
}
