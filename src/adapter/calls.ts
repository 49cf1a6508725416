/**
 * The calls of the SDK that are traced, by the SDK's id for them. A call is let go of when it completed, any
 * other when the SDK itself has: events may still come after such an end (a tool that outlives an abort), and belong below
 * it.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { startIdleTimer } from "../streams/idle-timer.ts";
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

/** Shared by all adapters of the process, so that two of them trace a call once. */
const calls = new Map<unknown, KeptCall>();
/** Those whose collection is waited for, by their number. */
const awaited = new Map<number, KeptCall>();
let lastNumber = 0;

/**
 * Is given numbers alone: what a registry holds, and all that this holds, counts as alive until the engine looks at all it
 * has, even when it was unregistered long since.
 */
const registry: FinalizationRegistry<number> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((number) => {
        const kept = awaited.get(number);
        if (!kept) return;
        const { call } = kept;
        forget(kept);
        if (call instanceof AdaptedRun) contain("collection", () => call.onCollected());
      });

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
  if (holder && registry) {
    awaited.set(kept.number, kept);
    registry.register(holder, kept.number, kept);
  } else if (call instanceof AdaptedRun) forgetAtEnd(kept);
  else startIdleTimer(() => forget(kept), idleDeadlineMs);
  return kept;
}

/** Nothing tells when the SDK lets go of the call: what begins below it after its end is not seen. */
export function forgetAtEnd(kept: KeptCall): void {
  const { call } = kept;
  if (!(call instanceof AdaptedRun)) return;
  call.onRelease = () => forget(kept);
  if (call.ended) call.onRelease();
}

/** Nothing more can come of the call. The id may have been given to another since. */
export function forget(kept: KeptCall): void {
  if (calls.get(kept.callId) === kept) calls.delete(kept.callId);
  if (awaited.delete(kept.number)) registry?.unregister(kept);
}

/** How many calls are held, by the longer of the tables: a process at rest holds none. */
export function callCount(): number {
  return Math.max(calls.size, awaited.size);
}
