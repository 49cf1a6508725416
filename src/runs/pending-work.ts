/**
 * Reports promises that were collected before they settled: nobody can settle them, nor wait for them, any more. A
 * promise stays alive while something can settle it.
 */
import { isRecord } from "../foundation/structure.ts";
import { observeCollection } from "../foundation/weak-ref.ts";

export interface PendingWork {
  onDropped(): void;
}

/** What the registry keeps alive: the work, as long as it is pending. */
export interface PendingEntry {
  work: PendingWork | undefined;
}

const collection = observeCollection<PendingEntry>(({ work }) => work?.onDropped());

/**
 * @param promise not held here, and not by `work`
 * @returns whose `work` is to be removed when the promise settles; `undefined` for what is no promise
 */
export function watchPending(promise: unknown, work: PendingWork): PendingEntry | undefined {
  if (!isRecord(promise) || !(promise instanceof Promise)) return undefined;
  const entry: PendingEntry = { work };
  return collection.register(promise, entry) ? entry : undefined;
}
