/**
 * The platform's timers, taken when the module loads. Fake timers that a test installs later do not include our timers,
 * so the test neither counts nor runs them.
 */
export const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** The longest delay that a timer can hold (2^31 - 1 milliseconds). */
export const LONGEST_TIMER_MS = 2_147_483_647;
