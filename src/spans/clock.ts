/**
 * Monotonic and wall time in milliseconds, both taken when the module loads: programs and tests that stub the
 * clocks later see no call of ours.
 */
const wallClock = Date.now;
const performanceClock: Performance | undefined = globalThis.performance;

/** Monotonic milliseconds, for durations only. */
export const monotonicMs: () => number =
  performanceClock === undefined ? wallClock : performanceClock.now.bind(performanceClock);

/** Milliseconds since the epoch. */
export const wallMs: () => number = wallClock;
