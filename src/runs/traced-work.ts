/**
 * Runs the application's work in a span's context and observes how it comes out, without changing it. What the observers
 * do is contained.
 */
import type { Context } from "@opentelemetry/api";
import { contain, contained, passError, passValue } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { runInContext } from "../spans/context.ts";

export interface WorkObserver {
  onValue(value: unknown): void;
  onError(error: unknown): void;
}

/** Runs work in a context; only a synchronous throw is observed here. */
export function enter(context: Context, work: () => unknown, observer: WorkObserver): unknown {
  return enterObserved(observer, () => runInContext(context, work));
}

/** Runs work; only a synchronous throw is observed here. */
export function enterObserved(observer: WorkObserver, work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    contain("failure of a call", () => observer.onError(error));
    throw error;
  }
}

/**
 * Observes how a result comes out.
 *
 * @param isHandled whether the receiver is known to handle the promise (the SDK awaits it): then the very same goes on.
 *   Else a derived promise does, so that a rejection which nobody handles stays one. Another thenable may do its work
 *   when it is subscribed to, so it is subscribed to once and a promise takes its place.
 * @returns what goes on to the receiver
 */
export function observeResult(result: unknown, observer: WorkObserver, isHandled: boolean): unknown {
  const promise = contain("thenable", () => promiseOf(result));
  if (!promise) {
    contain("end of a call", () => observer.onValue(result));
    return result;
  }
  const onValue = passValue("end of a call", (value) => observer.onValue(value));
  const onError = (error: unknown): void => observer.onError(error);
  if (!isHandled || !(result instanceof Promise)) {
    return promise.then(onValue, passError("failure of a call", onError));
  }
  promise.then(onValue, contained("failure of a call", onError));
  return result;
}

/**
 * Puts something else in place of what a result comes to.
 *
 * @param replace what fails in it leaves the value as it is
 */
export function mapResult(result: unknown, replace: (value: unknown) => unknown): unknown {
  const map = (value: unknown): unknown => {
    const replaced = contain("result", () => ({ by: replace(value) }));
    return replaced ? replaced.by : value;
  };
  const promise = contain("thenable", () => promiseOf(result));
  return promise ? promise.then(map) : map(result);
}

/** `undefined` for what is no promise and no thenable. Reads `then` once, as an `await` of the program would. */
function promiseOf(result: unknown): Promise<unknown> | undefined {
  if (result instanceof Promise) return Promise.resolve(result);
  const then = asRecord(result)?.then;
  if (!isFunction(then)) return undefined;
  return Promise.resolve({
    // A thenable that stands for the program's, whose own `then` is not read again.
    // oxlint-disable-next-line unicorn/no-thenable
    then: (...reactions: unknown[]) => Reflect.apply(then, result, reactions),
  });
}
