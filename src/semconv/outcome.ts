/**
 * The outcomes a span can have, and how the end of a run ends what is still open below it. Pure; the table is in
 * docs/design.md.
 */
import type { Outcome } from "./records.ts";

export const OK: Outcome = {};
export const ABORTED: Outcome = { canceled: true, cancelCause: "abort" };
export const LEFT_BY_CONSUMER: Outcome = { canceled: true, cancelCause: "consumer" };
export const ABANDONED: Outcome = { canceled: true, cancelCause: "abandoned" };
/** A deadline is an error of its own kind, whatever class the runtime throws for it. */
export const TIMED_OUT: Outcome = { errorType: "timeout" };
/** An MCP server says of a result that it is an error. */
export const TOOL_ERROR: Outcome = { errorType: "tool_error" };

/** Whether work was stopped from outside: an abort, a deadline, a consumer that left. */
export function isStopped(outcome: Outcome): boolean {
  return outcome.canceled ?? outcome === TIMED_OUT;
}

/** Whether an outcome ends the waiting for another attempt, rather than only the watching of it. */
export function cutsRetries(outcome: Outcome): boolean {
  return outcome === TIMED_OUT || outcome === ABORTED;
}
