/**
 * A table of the SDK's traced calls, by the SDK's call id. A completed call is removed at once. Other calls are removed
 * when the SDK drops them, because late events still belong to them. For example, a tool may run longer than the
 * aborted call.
 */
import type { Context } from "@opentelemetry/api";
import { sharedState } from "../foundation/process-state.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { observeCollection } from "../foundation/weak-ref.ts";
import { AdaptedRun } from "./adapted-run.ts";

/** A run. If the run's span is neither recorded nor measured, the context for its work. */
export type Call = AdaptedRun | Context;

/** An entry in the table of calls. */
export interface CallEntry {
  readonly callId: unknown;
  readonly call: Call;
  /** Identifies the entry, because the SDK may use a call id twice. */
  readonly number: number;
}

/** All adapters of this copy of ai-spans share the table, so that only one of them traces a call. */
const calls = new Map<unknown, CallEntry>();
/**
 * By call id: an object that identifies the copy of ai-spans which traces the call. The other copies ignore the call.
 */
const claims = sharedState("adapter-calls.v1", Map<unknown, object>);
const thisCopy = {};
/** The entries whose collection is observed, by their number. */
const awaited = new Map<number, CallEntry>();
let lastNumber = 0;

/**
 * Removes the entry of a collected call. The registry holds only numbers: V8 keeps a held value alive until the next
 * full collection, even after `unregister`.
 */
const collection = observeCollection<number>((number) => {
  const entry = awaited.get(number);
  if (!entry) return;
  removeCall(entry);
  if (entry.call instanceof AdaptedRun) entry.call.onCollected();
});

/** Whether an adapter of another copy of ai-spans traces the call. */
export function isClaimedElsewhere(callId: unknown): boolean {
  return (claims.get(callId) ?? thisCopy) !== thisCopy;
}

/** @returns the entry of a call; `undefined` if the call is not traced */
export function entryOf(callId: unknown): CallEntry | undefined {
  return calls.get(callId);
}

/** @returns the run of a call; `undefined` if the call is not traced, or its span is neither recorded nor measured */
export function runOf(callId: unknown): AdaptedRun | undefined {
  const call = entryOf(callId)?.call;
  return call instanceof AdaptedRun ? call : undefined;
}

/**
 * Adds a call to the table.
 *
 * @param holder an object that the SDK holds as long as the call can continue or its result can be read; `undefined` if
 *   no such object is known
 * @param idleDeadlineMs after how many milliseconds a call is removed that has neither a run nor a holder
 */
export function addCall(
  callId: unknown,
  call: Call,
  holder: object | undefined,
  idleDeadlineMs: number,
): CallEntry {
  const entry: CallEntry = { callId, call, number: ++lastNumber };
  calls.set(callId, entry);
  claims.set(callId, thisCopy);
  if (holder && collection.register(holder, entry.number, entry)) awaited.set(entry.number, entry);
  else if (call instanceof AdaptedRun) removeCallAtEnd(entry);
  else startIdleTimer(() => removeCall(entry), idleDeadlineMs);
  return entry;
}

/**
 * Removes a call when its run ends. Used if we do not know when the SDK drops the call. Work that starts later in the
 * call is not traced.
 */
export function removeCallAtEnd(entry: CallEntry): void {
  const { call } = entry;
  if (!(call instanceof AdaptedRun)) return;
  call.removeFromCalls = () => removeCall(entry);
  if (call.ended) call.removeFromCalls();
}

/** Removes an entry. If the SDK has used its id for another call since, that call's entry stays. */
export function removeCall(entry: CallEntry): void {
  if (calls.get(entry.callId) === entry) {
    calls.delete(entry.callId);
    claims.delete(entry.callId);
  }
  if (awaited.delete(entry.number)) collection.unregister(entry);
}

/** The number of entries in the longer of the two tables. It is 0 if no call is running. */
export function callCount(): number {
  return Math.max(calls.size, awaited.size);
}
