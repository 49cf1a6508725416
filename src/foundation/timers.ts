/**
 * The platform's timers, taken when the module loads. So fake timers that a test installs later do not count our
 * timers and do not run them.
 */
export const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** The longest delay that a timer can hold (2^31 - 1 milliseconds). */
export const LONGEST_TIMER_MS = 2_147_483_647;
