/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context manager
 * does.
 */
import { context, ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { contain, runOnce } from "../containment.ts";
import { inInvocation } from "./invocation.ts";

/** Has a span entered that a runtime keeps track of by itself, besides the context. */
export const ENTER_SPAN: unique symbol = Symbol.for("ai-spans.enter");

export interface EnteredSpan {
  [ENTER_SPAN]<T>(work: () => T): T;
}

export function runInContext<T>(spanContext: Context, work: () => T): T {
  return runOnce("context manager", work, (run) => {
    const enter = (): void => context.with(spanContext, run);
    const span: (Span & Partial<EnteredSpan>) | undefined = trace.getSpan(spanContext);
    if (span?.[ENTER_SPAN]) span[ENTER_SPAN](enter);
    else enter();
  });
}

/** The caller's context; the root context when the context manager fails. */
export function activeContext(): Context {
  return inInvocation(contain("context manager", () => context.active()) ?? ROOT_CONTEXT);
}
