/**
 * How the end of a run ends what is still open below it. Pure; the table is in docs/design.md.
 */
import { ERROR_TYPE_TIMEOUT } from "./attributes.ts";
import { ABANDONED, type Outcome } from "./records.ts";

export function isDeadline(outcome: Outcome): boolean {
  return outcome.status === "error" && outcome.errorType === ERROR_TYPE_TIMEOUT;
}

/** Whether an outcome stops the whole run from outside: an abort, a deadline, a consumer that left. */
export function stopsEverything(outcome: Outcome): boolean {
  return outcome.status === "canceled" || isDeadline(outcome);
}

/** Whether an outcome ends the waiting for another attempt, rather than only the watching of it. */
export function cutsRetries(outcome: Outcome): boolean {
  return isDeadline(outcome) || (outcome.status === "canceled" && outcome.cause === "abort");
}

/** A cancellation and a deadline reach everything below; what outlives a completed or failed run is abandoned. */
export function outcomeBelow(runOutcome: Outcome): Outcome {
  return stopsEverything(runOutcome) ? runOutcome : ABANDONED;
}
