/**
 * Observes aborts through one listener per signal, however many runs share it: a listener each would bring Node's
 * warning of a leak earlier than the application's own calls do. Holds neither signals nor runs that have ended. A signal
 * that refuses the listener costs the early notice of its abort alone.
 */
import { contain, contained } from "../foundation/containment.ts";
import { UNREADABLE_SIGNAL } from "../readers/failure.ts";

export interface AbortWatcher {
  /** A signal fired. */
  onAbort(): void;
}

/** Who watches a signal, and its listener: a function, for some signals take no objects. */
class Watchers extends Set<AbortWatcher> {
  readonly listener = contained("abort", () => {
    for (const watcher of this) contain("abort", () => watcher.onAbort());
  });
}

const watched = new WeakMap<AbortSignal, Watchers>();

export function watchAbort(signal: AbortSignal, watcher: AbortWatcher): void {
  if (signal === UNREADABLE_SIGNAL) return;
  let watchers = watched.get(signal);
  if (!watchers) watched.set(signal, (watchers = new Watchers()));
  const { listener, size } = watchers;
  watchers.add(watcher);
  if (size === 0) contain("abort signal", () => signal.addEventListener("abort", listener, { once: true }));
}

export function unwatchAbort(signal: AbortSignal | undefined, watcher: AbortWatcher): void {
  const watchers = signal && watched.get(signal);
  if (!watchers?.delete(watcher) || watchers.size > 0) return;
  contain("abort signal", () => signal?.removeEventListener("abort", watchers.listener));
}
