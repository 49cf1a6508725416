/**
 * Reports promises that were collected before they settled. A promise stays alive while something can settle it. So a
 * collected promise never settles, and nobody waits for it.
 */
import { isRecord } from "../foundation/structure.ts";
import { observeCollection } from "../foundation/weak-ref.ts";

export interface PendingWork {
  /** Called when the promise was collected before it settled. */
  onDropped(): void;
}

/** The value that the registry keeps alive. It has the work only while the promise is pending. */
export interface PendingEntry {
  work: PendingWork | undefined;
}

const collection = observeCollection<PendingEntry>(({ work }) => work?.onDropped());

/**
 * Observes the collection of a promise.
 *
 * @param promise is not held here. `work` must not hold it either, or it is never collected.
 * @returns the entry, whose `work` the caller removes when the promise settles; `undefined` for a value that is no promise
 */
export function observePending(promise: unknown, work: PendingWork): PendingEntry | undefined {
  if (!isRecord(promise) || !(promise instanceof Promise)) return undefined;
  const entry: PendingEntry = { work };
  return collection.register(promise, entry) ? entry : undefined;
}
