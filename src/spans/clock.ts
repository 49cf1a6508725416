/**
 * Monotonic and wall time in milliseconds, both taken when the module loads: programs and tests that stub the
 * clocks later see no call of ours.
 */
const performanceClock: Performance | undefined = globalThis.performance;

/** Milliseconds since the epoch. */
export const wallMs: () => number = Date.now;

/** Monotonic milliseconds, for durations only. */
export const monotonicMs: () => number = performanceClock?.now.bind(performanceClock) ?? wallMs;
