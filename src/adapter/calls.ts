/**
 * The calls of the SDK that are traced, by the SDK's id for them. A call is let go of when it completed, any
 * other when the SDK itself has: events may still come after such an end (a tool that outlives an abort), and belong below
 * it.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { startIdleTimer } from "../streams/idle-timer.ts";
import { AdaptedRun } from "./adapted-run.ts";

/** A run; of one that does not record, the context for its work. */
export type Call = AdaptedRun | Context;

/** Shared by all adapters of the process, so that two of them trace a call once. */
const calls = new Map<unknown, Call>();

/**
 * Is given ids alone: until the engine looks at all it has, what a registry holds, and all that this holds, counts as alive,
 * even long after it was unregistered.
 */
const registry: FinalizationRegistry<unknown> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((callId) => {
        const call = calls.get(callId);
        if (!call) return;
        forget(callId, call);
        if (call instanceof AdaptedRun) contain("collection", () => call.onCollected());
      });

export function callOf(callId: unknown): Call | undefined {
  return calls.get(callId);
}

export function runOf(callId: unknown): AdaptedRun | undefined {
  const call = calls.get(callId);
  return call instanceof AdaptedRun ? call : undefined;
}

/**
 * @param holder what the SDK holds as long as the call can go on or be read; `undefined` where nothing is known
 * @param idleDeadlineMs how long a call is kept of which nothing more may be heard
 */
export function keep(callId: unknown, call: Call, holder: object | undefined, idleDeadlineMs: number): void {
  const earlier = calls.get(callId);
  if (earlier) forget(callId, earlier);
  calls.set(callId, call);
  if (holder && registry) registry.register(holder, callId, call);
  else if (call instanceof AdaptedRun) forgetAtEnd(callId, call);
  else startIdleTimer(() => forget(callId, call), idleDeadlineMs);
}

/** Nothing tells when the SDK lets go of the call: what begins below it after its end is not seen. */
export function forgetAtEnd(callId: unknown, call: AdaptedRun): void {
  call.onRelease = () => forget(callId, call);
  if (call.ended) call.onRelease();
}

/** Nothing more can come of the call. The id may have been given to another since. */
export function forget(callId: unknown, call: Call): void {
  if (calls.get(callId) === call) calls.delete(callId);
  registry?.unregister(call);
}

/** How many calls are held: a process at rest holds none. */
export function callCount(): number {
  return calls.size;
}
