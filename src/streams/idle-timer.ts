/**
 * Timers that keep no process alive.
 */
import { asRecord, isFunction } from "../readers/guards.ts";

export function startIdleTimer(work: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, delayMs);
  // A number in browsers and on edge runtimes, where no timer keeps the program alive.
  const unref = asRecord(timer)?.unref;
  if (isFunction(unref)) unref.call(timer);
  return timer;
}
