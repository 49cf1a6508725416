/**
 * Timers and clocks that a test turns by hand. Import it before anything else: sources that take their clock when
 * they are loaded then take this one. Microtasks and turns of the event loop stay real.
 */
import { vi } from "vitest";

vi.useFakeTimers({
  toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
});

export async function passMs(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** Timers that have yet to fire. */
export function countTimers(): number {
  return vi.getTimerCount();
}

/** Before a test, so that one which fails does not fail the next. */
export function clearTimers(): void {
  vi.clearAllTimers();
}
