/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context manager
 * does.
 */
import { context, ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { contain, report } from "../containment.ts";
import { inInvocation } from "./invocation.ts";

/** Has a span entered that a runtime keeps track of by itself, besides the context. */
export const ENTER_SPAN: unique symbol = Symbol.for("ai-spans.enter");

export interface EnteredSpan {
  [ENTER_SPAN]<T>(work: () => T): T;
}

export function runInContext<T>(spanContext: Context, work: () => T): T {
  let entered = false;
  let returned = false;
  let result: T | undefined;
  try {
    const enter = (): void =>
      context.with(spanContext, () => {
        entered = true;
        result = work();
        returned = true;
      });
    const span: (Span & Partial<EnteredSpan>) | undefined = trace.getSpan(spanContext);
    if (span?.[ENTER_SPAN]) span[ENTER_SPAN](enter);
    else enter();
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
