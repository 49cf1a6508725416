/**
 * Observes aborts. All runs that share a signal share one listener, because Node warns of a leak when a signal has many
 * listeners. With one listener per run, that warning would come earlier than without ai-spans. This file keeps no
 * signal and no ended run alive. If a signal refuses the listener, no abort of that signal ends a run early.
 */
import { contain, contained } from "../foundation/containment.ts";
import { UNREADABLE_SIGNAL } from "../readers/failure.ts";

export interface AbortObserver {
  /** Called when a signal has fired. */
  onAbort(): void;
}

/**
 * The observers of one signal, and its listener. The listener is a function, because some signals accept no listener
 * objects.
 */
class AbortObservers extends Set<AbortObserver> {
  readonly listener = contained("abort", () => {
    for (const observer of this) contain("abort", () => observer.onAbort());
  });
}

const observersBySignal = new WeakMap<AbortSignal, AbortObservers>();

export function observeAbort(signal: AbortSignal, observer: AbortObserver): void {
  if (signal === UNREADABLE_SIGNAL) return;
  let observers = observersBySignal.get(signal);
  if (!observers) observersBySignal.set(signal, (observers = new AbortObservers()));
  const { listener, size } = observers;
  observers.add(observer);
  if (size === 0) contain("abort signal", () => signal.addEventListener("abort", listener, { once: true }));
}

export function stopObservingAbort(signal: AbortSignal | undefined, observer: AbortObserver): void {
  const observers = signal && observersBySignal.get(signal);
  if (!observers?.delete(observer) || observers.size > 0) return;
  contain("abort signal", () => signal?.removeEventListener("abort", observers.listener));
}
