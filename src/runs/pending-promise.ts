/**
 * Reports promises that were collected before they settled. A promise stays alive while something can settle it. So a
 * collected promise never settles, and nobody waits for it.
 *
 * Registering a promise for its collection is expensive: it costs as much as everything else in a short call. Most
 * promises settle soon. So a promise is first held for a second, and registered only if it is still pending then.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import { isRecord } from "../foundation/structure.ts";
import { observeCollection } from "../foundation/weak-ref.ts";

export interface PromiseOwner {
  /** Called when the promise was collected before it settled. */
  onDropped(): void;
}

/** How long a promise is held before its collection is observed, in milliseconds. */
const HOLD_MS = 1_000;

/** The promises that are held and not registered yet. */
const held = new Set<PendingPromise>();
/** At its end, the promises in `held` are registered. It runs only while a promise is held. */
let timer: IdleTimer | undefined;
/** Monotonic milliseconds. */
let timerStartedMs = 0;

const collection = observeCollection<PendingPromise>((pending) => pending.onCollected());

/**
 * A promise that has not settled. Once the promise is registered, the registry holds this object, and this object does
 * not hold the promise. After the end of the work it does not hold the work either.
 */
export class PendingPromise {
  #promise: object | undefined;
  #work: PromiseOwner | undefined;

  constructor(promise: object, work: PromiseOwner) {
    this.#promise = promise;
    this.#work = work;
  }

  /**
   * Called when the promise has settled, or its work has ended. A later collection of the promise then means nothing.
   */
  stopObserving(): void {
    if (this.#promise) {
      held.delete(this);
      if (held.size === 0) endTimer();
    }
    this.#promise = undefined;
    this.#work = undefined;
  }

  /** Registers the promise for its collection, and no longer holds it. */
  register(): void {
    if (this.#promise) collection.register(this.#promise, this);
    this.#promise = undefined;
  }

  onCollected(): void {
    this.#work?.onDropped();
  }
}

function endTimer(): void {
  stopIdleTimer(timer);
  timer = undefined;
}

function registerHeld(): void {
  endTimer();
  for (const pending of held) {
    held.delete(pending);
    pending.register();
  }
}

/**
 * Observes the collection of a promise.
 *
 * @param promise is held for a second at most
 * @param work must not hold the promise, or the promise is never collected
 * @returns `undefined` if the value is no promise, or if the runtime reports no collections
 */
export function observePending(promise: unknown, work: PromiseOwner): PendingPromise | undefined {
  if (!collection.isSupported || !isRecord(promise) || !(promise instanceof Promise)) return undefined;
  const pending = new PendingPromise(promise, work);
  held.add(pending);
  const nowMs = monotonicMs();
  if (timer === undefined) {
    timerStartedMs = nowMs;
    timer = startIdleTimer(registerHeld, HOLD_MS);
    // The platform refused to start the timer.
    if (timer === undefined) registerHeld();
  } else if (nowMs - timerStartedMs > 2 * HOLD_MS) {
    // The timer is late: an edge runtime stops the timers of a request that has ended.
    registerHeld();
  }
  return pending;
}
