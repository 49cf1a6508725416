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
export interface KeptCall {
  readonly callId: unknown;
  readonly call: Call;
  /** Unique in the process. The SDK may use a call id again. */
  readonly number: number;
}

/** Shared by all adapters of this copy, so that two adapters trace a call once. */
const calls = new Map<unknown, KeptCall>();
/** The copy of ai-spans that traces a call, by call id. The other copies ignore the call. */
const claims = sharedState("adapter-calls.v1", Map<unknown, object>);
const thisCopy = {};
/** The calls whose collection is observed, by number. */
const awaited = new Map<number, KeptCall>();
let lastNumber = 0;

/** Holds numbers only: V8 keeps a held value alive until the next full collection, even after `unregister`. */
const collection = observeCollection<number>((number) => {
  const kept = awaited.get(number);
  if (!kept) return;
  remove(kept);
  if (kept.call instanceof AdaptedRun) kept.call.onCollected();
});

/** Whether an adapter of another copy of ours traces the call. */
export function isClaimedElsewhere(callId: unknown): boolean {
  return (claims.get(callId) ?? thisCopy) !== thisCopy;
}

/** @returns the entry of a call; `undefined` where the call is not traced */
export function keptOf(callId: unknown): KeptCall | undefined {
  return calls.get(callId);
}

/** @returns the run of a call; `undefined` where the call is not traced, or its span does not record */
export function runOf(callId: unknown): AdaptedRun | undefined {
  const call = keptOf(callId)?.call;
  return call instanceof AdaptedRun ? call : undefined;
}

/**
 * Adds a call to the table.
 *
 * @param holder an object that the SDK holds as long as the call can continue or be read; `undefined` where none is known
 * @param idleDeadlineMs when a call without a run and without a holder is removed; milliseconds
 */
export function keep(
  callId: unknown,
  call: Call,
  holder: object | undefined,
  idleDeadlineMs: number,
): KeptCall {
  const kept: KeptCall = { callId, call, number: ++lastNumber };
  calls.set(callId, kept);
  claims.set(callId, thisCopy);
  if (holder && collection.register(holder, kept.number, kept)) awaited.set(kept.number, kept);
  else if (call instanceof AdaptedRun) removeAtEnd(kept);
  else startIdleTimer(() => remove(kept), idleDeadlineMs);
  return kept;
}

/** Removes a call at the end of its run, because we do not know when the SDK drops it. Later work inside is not traced. */
export function removeAtEnd(kept: KeptCall): void {
  const { call } = kept;
  if (!(call instanceof AdaptedRun)) return;
  call.onRelease = () => remove(kept);
  if (call.ended) call.onRelease();
}

/** Removes a call. Its id is kept where the SDK has used it for another call since. */
export function remove(kept: KeptCall): void {
  if (calls.get(kept.callId) === kept) {
    calls.delete(kept.callId);
    claims.delete(kept.callId);
  }
  if (awaited.delete(kept.number)) collection.unregister(kept);
}

/** The number of calls in the longer table. It is 0 in a process without running calls. */
export function callCount(): number {
  return Math.max(calls.size, awaited.size);
}
