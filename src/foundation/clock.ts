/**
 * Monotonic time and wall time in milliseconds. Both clocks are taken when the module loads, so clocks that a program
 * or a test replaces later do not change ours. All our durations are monotonic. A clock that throws gives NaN, and no
 * value that is NaN is recorded.
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

/** Whether a test or a program has replaced the platform's clock since the module loaded. */
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

/**
 * The monotonic time of a moment on the wall clock.
 *
 * @param atWallMs milliseconds since the epoch
 */
export function monotonicAt(atWallMs: number): number {
  return monotonicMs() - wallMs() + atWallMs;
}
