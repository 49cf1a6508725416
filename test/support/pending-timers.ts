/**
 * Counts the timers that have neither fired nor been cleared, including those that do not keep a process alive. Import
 * it before the code whose timers are counted.
 */
const pending = new Set<NodeJS.Timeout>();
const { setTimeout: set, clearTimeout: clear } = globalThis;

function countingSet(
  callback: (...args: unknown[]) => void,
  delayMs?: number,
  ...args: unknown[]
): NodeJS.Timeout {
  const timer = set(() => {
    pending.delete(timer);
    callback(...args);
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
