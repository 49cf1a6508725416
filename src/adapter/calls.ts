/**
 * The calls of the SDK that are traced, by the SDK's id for them. A completed call is removed at once. Others are removed
 * when the SDK drops them, because late events still belong to them: a tool may outlive an abort.
 */
import type { Context } from "@opentelemetry/api";
import { sharedState } from "../foundation/process-state.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { observeCollection } from "../foundation/weak-ref.ts";
import { AdaptedRun } from "./adapted-run.ts";

/** A run; of one that does not record, the context for its work. */
export type Call = AdaptedRun | Context;

/** A call that is kept. */
export interface KeptCall {
  readonly callId: unknown;
  readonly call: Call;
  /** Of its own, for an id may be given again. */
  readonly number: number;
}

/** Shared by all adapters of this copy, so that two of them trace a call once. */
const calls = new Map<unknown, KeptCall>();
/** By the SDK's id of a call, what stands for the copy that traces it: an adapter of another copy leaves it alone. */
const claims = sharedState("adapter-calls.v1", Map<unknown, object>);
const thisCopy = {};
/** Those whose collection is waited for, by their number. */
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

export function keptOf(callId: unknown): KeptCall | undefined {
  return calls.get(callId);
}

export function runOf(callId: unknown): AdaptedRun | undefined {
  const call = keptOf(callId)?.call;
  return call instanceof AdaptedRun ? call : undefined;
}

/**
 * @param holder what the SDK holds as long as the call can go on or be read; `undefined` where nothing is known
 * @param idleDeadlineMs how long a call is kept of which nothing more may be heard
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

/** Nothing tells when the SDK lets go of the call: what begins below it after its end is not seen. */
export function removeAtEnd(kept: KeptCall): void {
  const { call } = kept;
  if (!(call instanceof AdaptedRun)) return;
  call.onRelease = () => remove(kept);
  if (call.ended) call.onRelease();
}

/** Nothing more can come of the call. The id may have been given to another since. */
export function remove(kept: KeptCall): void {
  if (calls.get(kept.callId) === kept) {
    calls.delete(kept.callId);
    claims.delete(kept.callId);
  }
  if (awaited.delete(kept.number)) collection.unregister(kept);
}

/** How many calls are held, by the longer of the tables: a process at rest holds none. */
export function callCount(): number {
  return Math.max(calls.size, awaited.size);
}
