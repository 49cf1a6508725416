/**
 * Counts the timers that are set and have neither fired nor been cleared, those that keep no process alive included.
 * Import it before what is counted.
 */
const pending = new Set<NodeJS.Timeout>();
const { setTimeout: set, clearTimeout: clear } = globalThis;

function countingSet(
  callback: (...given: unknown[]) => void,
  delayMs?: number,
  ...given: unknown[]
): NodeJS.Timeout {
  const timer = set(() => {
    pending.delete(timer);
    callback(...given);
  }, delayMs);
  pending.add(timer);
  return timer;
}

function countingClear(timer: NodeJS.Timeout | undefined): void {
  if (timer !== undefined) pending.delete(timer);
  clear(timer);
}

Object.assign(globalThis, { setTimeout: countingSet, clearTimeout: countingClear });

export function pendingTimers(): number {
  return pending.size;
}
