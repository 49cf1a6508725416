/**
 * Runs the application's work in a span's context and observes its result or error without changing it. A failure of an
 * observer is contained.
 */
import type { Context } from "@opentelemetry/api";
import { contain, contained, passError, passValue } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { runInContext } from "./context.ts";

export interface WorkObserver {
  onValue(value: unknown): void;
  onError(error: unknown): void;
}

/** Runs work in a context. It observes a synchronous throw only; `observeResult` observes the result. */
export function enter(context: Context, work: () => unknown, observer: WorkObserver): unknown {
  return enterObserved(observer, () => runInContext(context, work));
}

/** Runs work in the active context. It observes a synchronous throw only. */
export function enterObserved(observer: WorkObserver, work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    contain("failure of a call", () => observer.onError(error));
    throw error;
  }
}

/**
 * Observes a result: its value, or the value or error of its promise.
 *
 * A thenable that is no promise may start its work at each call of `then`. So its `then` is called once, and a promise
 * replaces it.
 *
 * @param isHandled whether the receiver is known to handle the promise, as the SDK does with its `await`. If not, a
 *   derived promise replaces the result, so that an unhandled rejection stays unhandled.
 * @returns the result for the receiver: the same object if it is a handled promise or no promise at all
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
 * Replaces the value of a result; for a promise, the value of the promise.
 *
 * @param replace gives the new value. If it throws, the value stays as it is.
 */
export function mapResult(result: unknown, replace: (value: unknown) => unknown): unknown {
  const map = (value: unknown): unknown => {
    const replaced = contain("result", () => ({ replacement: replace(value) }));
    return replaced ? replaced.replacement : value;
  };
  const promise = contain("thenable", () => promiseOf(result));
  return promise ? promise.then(map) : map(result);
}

/** @returns `undefined` for a value that is no promise and no thenable. Reads `then` once, as an `await` would. */
function promiseOf(result: unknown): Promise<unknown> | undefined {
  if (result instanceof Promise) return Promise.resolve(result);
  const then = asRecord(result)?.then;
  if (!isFunction(then)) return undefined;
  return Promise.resolve({
    // Wraps the program's thenable, so that its `then` is not read again.
    // oxlint-disable-next-line unicorn/no-thenable
    then: (...reactions: unknown[]) => Reflect.apply(then, result, reactions),
  });
}
