/**
 * The SDK's traced calls, by the SDK's call id. A completed call is removed at once. Others are removed when the SDK drops
 * them, because late events still belong to them: a tool may outlive an abort.
 */
import type { Context } from "@opentelemetry/api";
import { sharedState } from "../foundation/process-state.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { observeCollection } from "../foundation/weak-ref.ts";
import { AdaptedRun } from "./adapted-run.ts";

/** A run. Where the span does not record, the context for its work. */
export type Call = AdaptedRun | Context;

/** An entry of the table of calls. */
export interface CallEntry {
  readonly callId: unknown;
  readonly call: Call;
  /** Unique in the process. The SDK may use a call id again. */
  readonly number: number;
}

/** Shared by all adapters of this copy, so that two adapters trace a call once. */
const calls = new Map<unknown, CallEntry>();
/** The copy of ai-spans that traces a call, by call id. The other copies ignore the call. */
const claims = sharedState("adapter-calls.v1", Map<unknown, object>);
const thisCopy = {};
/** The calls whose collection is observed, by number. */
const awaited = new Map<number, CallEntry>();
let lastNumber = 0;

/** Holds numbers only: V8 keeps a held value alive until the next full collection, even after `unregister`. */
const collection = observeCollection<number>((number) => {
  const entry = awaited.get(number);
  if (!entry) return;
  removeCall(entry);
  if (entry.call instanceof AdaptedRun) entry.call.onCollected();
});

/** Whether an adapter of another copy of ours traces the call. */
export function isClaimedElsewhere(callId: unknown): boolean {
  return (claims.get(callId) ?? thisCopy) !== thisCopy;
}

/** @returns the entry of a call; `undefined` where the call is not traced */
export function entryOf(callId: unknown): CallEntry | undefined {
  return calls.get(callId);
}

/** @returns the run of a call; `undefined` where the call is not traced, or its span does not record */
export function runOf(callId: unknown): AdaptedRun | undefined {
  const call = entryOf(callId)?.call;
  return call instanceof AdaptedRun ? call : undefined;
}

/**
 * Adds a call to the table.
 *
 * @param holder an object that the SDK holds as long as the call can continue or be read; `undefined` where none is known
 * @param idleDeadlineMs when a call without a run and without a holder is removed; milliseconds
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

/** Removes a call at the end of its run, because we do not know when the SDK drops it. Later work inside is not traced. */
export function removeCallAtEnd(entry: CallEntry): void {
  const { call } = entry;
  if (!(call instanceof AdaptedRun)) return;
  call.removeFromCalls = () => removeCall(entry);
  if (call.ended) call.removeFromCalls();
}

/** Removes a call. Its id is kept where the SDK has used it for another call since. */
export function removeCall(entry: CallEntry): void {
  if (calls.get(entry.callId) === entry) {
    calls.delete(entry.callId);
    claims.delete(entry.callId);
  }
  if (awaited.delete(entry.number)) collection.unregister(entry);
}

/** The number of calls in the longer table. It is 0 in a process without running calls. */
export function callCount(): number {
  return Math.max(calls.size, awaited.size);
}
