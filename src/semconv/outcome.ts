/**
 * The outcomes a span can have, and how the end of a run ends what is still open below it. Pure; the table is in
 * docs/design.md.
 */
import { ERROR_TYPE_TIMEOUT } from "./attributes.ts";
import type { CancelCause, Outcome } from "./records.ts";

export const OK: Outcome = { status: "ok" };
export const ABORTED = canceled("abort");
export const LEFT_BY_CONSUMER = canceled("consumer");
export const ABANDONED = canceled("abandoned");
export const TIMED_OUT = failed(ERROR_TYPE_TIMEOUT);

function canceled(cause: CancelCause): Outcome {
  return { status: "canceled", cause };
}

/** @param errorType low cardinality, never a message */
export function failed(errorType: string): Outcome {
  return { status: "error", errorType };
}

/** Whether an outcome stops the whole run from outside: an abort, a deadline, a consumer that left. */
export function stopsEverything(outcome: Outcome): boolean {
  return outcome === TIMED_OUT || outcome.status === "canceled";
}

/** Whether an outcome ends the waiting for another attempt, rather than only the watching of it. */
export function cutsRetries(outcome: Outcome): boolean {
  return outcome === TIMED_OUT || outcome === ABORTED;
}

/** A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned. */
export function outcomeBelow(runOutcome: Outcome): Outcome {
  return stopsEverything(runOutcome) ? runOutcome : ABANDONED;
}
