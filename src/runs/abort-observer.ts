/**
 * Observes aborts through one listener per signal, however many runs share the signal. Node warns of a leak when a signal
 * has many listeners. With one listener per run the warning would come earlier than without ai-spans. Signals and
 * ended runs are not held here. If a signal refuses the listener, the run gets no early notice of the abort.
 */
import { contain, contained } from "../foundation/containment.ts";
import { UNREADABLE_SIGNAL } from "../readers/failure.ts";

export interface AbortObserver {
  /** Called when a signal has fired. */
  onAbort(): void;
}

/** The observers of one signal and its listener. The listener is a function, because some signals take no objects. */
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
