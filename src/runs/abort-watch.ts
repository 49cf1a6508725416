/**
 * Hears of aborts through one listener per signal, however many runs share it: a listener each would bring Node's
 * warning of a leak earlier than the application's own calls do. Holds neither signals nor runs that have ended.
 */
import { contain } from "../containment.ts";

export interface AbortWatcher {
  /** A signal fired. */
  onAbort(): void;
}

/** Who watches a signal: its listener. */
class Watchers extends Set<AbortWatcher> {
  handleEvent(): void {
    for (const watcher of this) contain("abort", () => watcher.onAbort());
  }
}

const watched = new WeakMap<AbortSignal, Watchers>();

export function watchAbort(signal: AbortSignal, watcher: AbortWatcher): void {
  let watchers = watched.get(signal);
  if (!watchers) watched.set(signal, (watchers = new Watchers()));
  if (watchers.size === 0) signal.addEventListener("abort", watchers, { once: true });
  watchers.add(watcher);
}

export function unwatchAbort(signal: AbortSignal | undefined, watcher: AbortWatcher): void {
  const watchers = signal && watched.get(signal);
  if (watchers?.delete(watcher) && watchers.size === 0) signal?.removeEventListener("abort", watchers);
}
