/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context manager
 * does.
 */
import { context, ROOT_CONTEXT, type Context } from "@opentelemetry/api";
import { contain, report } from "../guard.ts";

export function runInContext<T>(spanContext: Context, work: () => T): T {
  let entered = false;
  let result: { readonly value: T } | undefined;
  try {
    return context.with(spanContext, () => {
      entered = true;
      result = { value: work() };
      return result.value;
    });
  } catch (error) {
    if (entered && result === undefined) throw error;
    report("context manager", error);
    return result === undefined ? work() : result.value;
  }
}

/** The caller's context; the root context when the context manager fails. */
export function activeContext(): Context {
  return contain("context manager", () => context.active()) ?? ROOT_CONTEXT;
}
