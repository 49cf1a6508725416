/**
 * The platform's timers, taken when the module loads: programs and tests that replace them later neither see nor turn
 * ours.
 */
export const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** The longest delay that a timer can hold (2^31 - 1 milliseconds). */
export const LONGEST_TIMER_MS = 2_147_483_647;
