/**
 * Timers that do not keep the process alive.
 */
import { contain, contained } from "./containment.ts";
import { asRecord, isFunction } from "./structure.ts";
import { startTimer, stopTimer } from "./timers.ts";

export type IdleTimer = ReturnType<typeof setTimeout>;

/** @returns `undefined` where the platform's `setTimeout` fails */
export function startIdleTimer(work: () => void, delayMs: number): IdleTimer | undefined {
  return contain("timer", () => {
    const timer = startTimer(contained("timer", work), delayMs);
    // In browsers and on edge runtimes a timer is a number. It has no `unref` and needs none there.
    const unref = asRecord(timer)?.unref;
    if (isFunction(unref)) contain("timer", () => void unref.call(timer));
    return timer;
  });
}

export function stopIdleTimer(timer: IdleTimer | undefined): void {
  if (timer !== undefined) contain("timer", () => stopTimer(timer));
}
