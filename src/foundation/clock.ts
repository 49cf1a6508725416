/**
 * Monotonic time and wall time in milliseconds. Our durations use monotonic time.
 *
 * Both clocks are taken when the module loads, so a clock that a program or a test installs later does not change ours.
 * If a clock throws, the time is NaN, and NaN is never recorded.
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
