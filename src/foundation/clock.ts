/**
 * Monotonic and wall time in milliseconds, both taken when the module loads: programs and tests that replace the clocks
 * later see no call of ours. All our times are monotonic. A clock that throws gives NaN, and nothing is recorded of NaN.
 */
import { report } from "./containment.ts";

const performanceClock: Performance | undefined = globalThis.performance;
const platformNow = performanceClock?.now;

/** Milliseconds since the epoch. */
export const wallMs: () => number = containedClock(Date.now);

/** Monotonic milliseconds. */
export const monotonicMs: () => number = performanceClock
  ? containedClock(performanceClock.now.bind(performanceClock))
  : wallMs;

/** Whether somebody, for example a test, has replaced the platform's clock since. */
export function isClockReplaced(): boolean {
  return performanceClock?.now !== platformNow;
}

function containedClock(now: () => number): () => number {
  return () => {
    try {
      return now();
    } catch (error) {
      report("clock", error);
      return Number.NaN;
    }
  };
}

/** The monotonic time of a moment on the wall clock. */
export function monotonicAt(atWallMs: number): number {
  return monotonicMs() - wallMs() + atWallMs;
}
