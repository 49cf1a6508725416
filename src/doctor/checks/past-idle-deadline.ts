/** Finds runs that are open for too long. */
import { counted, type Check } from "../check.ts";

export const pastIdleDeadline: Check = {
  id: "past-idle-deadline",
  lookedAt: "runs that are open, and the option `idleDeadlineMs`",
  means:
    "A run has been open for longer than the idle deadline. The deadline ends streamed results that nobody reads. It does not end a promise that never settles, or a stream whose reader waits for the provider.",
  toDo: "Pass an `abortSignal`, for example `AbortSignal.timeout(60_000)`, so that a provider that never answers ends the call.",
  examine({ ledger: { openRuns } }) {
    const late = openRuns.filter(({ ageMs, idleDeadlineMs }) => ageMs > idleDeadlineMs);
    if (late.length === 0) return undefined;
    const oldestMs = Math.max(...late.map(({ ageMs }) => ageMs));
    return {
      found: `${counted(late.length, "run")} open for longer than the idle deadline, the oldest for ${oldestMs} ms`,
      details: {
        runs: late.length,
        oldestMs,
        operations: [...new Set(late.map(({ operation }) => operation))],
      },
    };
  },
};
