/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context manager
 * does.
 */
import { context, ROOT_CONTEXT, type Context } from "@opentelemetry/api";
import { contain, report } from "../guard.ts";
import { inInvocation } from "./invocation.ts";

export function runInContext<T>(spanContext: Context, work: () => T): T {
  let entered = false;
  let returned = false;
  let result: T | undefined;
  try {
    context.with(spanContext, () => {
      entered = true;
      result = work();
      returned = true;
    });
  } catch (error) {
    if (entered && !returned) throw error;
    report("context manager", error);
  }
  // Once entered, the work has given its result: what it throws has been thrown.
  return entered ? (result as T) : work();
}

/** The caller's context; the root context when the context manager fails. */
export function activeContext(): Context {
  return inInvocation(contain("context manager", () => context.active()) ?? ROOT_CONTEXT);
}
