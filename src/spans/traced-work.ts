/**
 * Runs the application's work in a span's context. Observes its result or its error without changing it. A failure of
 * an observer is contained.
 */
import type { Context } from "@opentelemetry/api";
import { contain, contained, passError, passValue } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { runInContext } from "./context.ts";

export interface WorkObserver {
  onValue(value: unknown): void;
  onError(error: unknown): void;
}

/** Runs work in a context. Observes only an error that is thrown synchronously. `observeResult` observes the result. */
export function enter(context: Context, work: () => unknown, observer: WorkObserver): unknown {
  return enterObserved(observer, () => runInContext(context, work));
}

/** Runs work in the active context. Observes only an error that is thrown synchronously. */
export function enterObserved(observer: WorkObserver, work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    contain("failure of a call", () => observer.onError(error));
    throw error;
  }
}

/**
 * Observes a result. For a promise, observes its value or its error.
 *
 * A thenable that is no promise may start its work again at each call of `then`. So `then` is called once, and a
 * promise replaces the thenable.
 *
 * @param isHandled whether the receiver handles the promise, as the SDK does by `await`. If not, a derived promise
 *   replaces the result. Otherwise our handlers would hide an unhandled rejection from the program.
 * @returns the result for the receiver: the same object if it is a handled promise, or no promise at all
 */
export function observeResult(result: unknown, observer: WorkObserver, isHandled: boolean): unknown {
  const promise = contain("thenable", () => promiseOf(result));
  if (!promise) {
    contain("end of a call", () => observer.onValue(result));
    return result;
  }
  const onValue = passValue("end of a call", observer);
  if (!isHandled || !(result instanceof Promise)) {
    return promise.then(onValue, passError("failure of a call", observer));
  }
  promise.then(
    onValue,
    contained("failure of a call", (error: unknown) => observer.onError(error)),
  );
  return result;
}

/**
 * Replaces a result. For a promise, replaces its value.
 *
 * @param replace returns the new value. If it throws, the value stays as it is.
 */
export function mapResult(result: unknown, replace: (value: unknown) => unknown): unknown {
  const map = (value: unknown): unknown => {
    const replaced = contain("result", () => ({ replacement: replace(value) }));
    return replaced ? replaced.replacement : value;
  };
  const promise = contain("thenable", () => promiseOf(result));
  return promise ? promise.then(map) : map(result);
}

/**
 * @returns `undefined` for a value that is neither a promise nor a thenable. Reads `then` once, as an `await` would.
 */
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
