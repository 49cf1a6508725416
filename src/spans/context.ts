/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context
 * manager does.
 */
import { context, type Context } from "@opentelemetry/api";
import { report } from "../guard.ts";

export function runInContext<T>(spanContext: Context, work: () => T): T {
  let state: "waiting" | "entered" | "left" = "waiting";
  let value: T;
  try {
    return context.with(spanContext, () => {
      state = "entered";
      value = work();
      state = "left";
      return value;
    });
  } catch (error) {
    if (stateOf() === "entered") throw error;
    report("context manager", error);
    return stateOf() === "left" ? value! : work();
  }

  // TypeScript does not see that the callback assigns.
  function stateOf(): string {
    return state;
  }
}
