/**
 * Replaces timers and clocks by those that the test advances. Import it first, because some sources read their clock
 * when they are loaded. Microtasks and turns of the event loop stay real.
 */
import { vi } from "vitest";

vi.useFakeTimers({
  toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
});

export async function passMs(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** How many timers are pending. */
export function countTimers(): number {
  return vi.getTimerCount();
}

/** Call it before a test, so that timers of a failed test do not fail the next one. */
export function clearTimers(): void {
  vi.clearAllTimers();
}
