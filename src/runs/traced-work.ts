/**
 * Runs the application's work in a span's context and hears how it comes out, without changing it. What the listeners
 * do is contained.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../containment.ts";
import { asRecord, isFunction } from "../readers/structure.ts";
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
 * Hears how a result comes out, and gives what is to take its place.
 *
 * @param isHandled whether the receiver is known to handle the promise (the SDK awaits it): then the very same goes on.
 *   Else a derived promise does, so that a rejection which nobody handles stays one. Another thenable may do its work
 *   when it is subscribed to, so it is subscribed to once and a promise takes its place.
 */
export function listen(result: unknown, listener: WorkListener, isHandled: boolean): unknown {
  if (!isFunction(asRecord(result)?.then)) {
    tellValue(listener, result);
    return result;
  }
  const isKept = isHandled && result instanceof Promise;
  const heard = Promise.resolve(result).then(
    (value) => {
      tellValue(listener, value);
      return value;
    },
    (error: unknown) => {
      tellError(listener, error);
      if (!isKept) throw error;
    },
  );
  return isKept ? result : heard;
}

function tellValue(listener: WorkListener, value: unknown): void {
  contain("end of a call", () => listener.onValue(value));
}

function tellError(listener: WorkListener, error: unknown): void {
  contain("failure of a call", () => listener.onError(error));
}
