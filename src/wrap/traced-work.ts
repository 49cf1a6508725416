/**
 * Runs the application's work in a span's context and hears how it comes out, without changing it. What the listeners
 * do is contained.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import { isNativePromise } from "../readers/guards.ts";
import { runInContext } from "../spans/context.ts";

export interface WorkListener {
  onValue(value: unknown): void;
  onError(error: unknown): void;
}

/** Runs work in a context; only a synchronous throw is heard here. */
export function enter(context: Context, work: () => unknown, listener: WorkListener): unknown {
  try {
    return runInContext(context, work);
  } catch (error) {
    tellError(listener, error);
    throw error;
  }
}

/**
 * For promises that their receiver is known to handle (the SDK awaits them): the very same promise goes on. Another
 * thenable may do its work when it is subscribed to, so it is subscribed to once and a promise takes its place.
 */
export function listen(thenable: PromiseLike<unknown>, listener: WorkListener): PromiseLike<unknown> {
  if (!isNativePromise(thenable)) return relay(new Promise((resolve) => resolve(thenable)), listener);
  thenable.then(
    (value) => tellValue(listener, value),
    (error: unknown) => tellError(listener, error),
  );
  return thenable;
}

/** For promises whose rejection may be left unhandled: a derived promise keeps it so. */
export function relay(promise: PromiseLike<unknown>, listener: WorkListener): PromiseLike<unknown> {
  return promise.then(
    (value) => {
      tellValue(listener, value);
      return value;
    },
    (error: unknown) => {
      tellError(listener, error);
      throw error;
    },
  );
}

function tellValue(listener: WorkListener, value: unknown): void {
  contain("end of a call", () => listener.onValue(value));
}

function tellError(listener: WorkListener, error: unknown): void {
  contain("failure of a call", () => listener.onError(error));
}
