/**
 * Runs the application's functions in a span's context. Each function runs exactly once, even if the context manager
 * fails.
 */
import { context, createContextKey, ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { report, runOnce } from "../foundation/containment.ts";
import { inInvocation } from "./invocation.ts";

/**
 * A method of spans whose runtime keeps its active span outside the OpenTelemetry context (Cloudflare's native spans).
 * It makes the span active in the runtime while `work` runs.
 */
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

/**
 * Called often, so it creates no closures.
 *
 * @returns the active context. The root context if the context manager fails, or returns no context as a mocked one
 *   does.
 */
export function activeContext(): Context {
  const active = managedContext();
  try {
    // A mocked context's `setValue` may return nothing.
    const within: unknown = inInvocation(active);
    return isContext(within) ? within : active;
  } catch (error) {
    report("invocation", error);
    return active;
  }
}

function managedContext(): Context {
  try {
    const active: unknown = context.active();
    return isContext(active) ? active : ROOT_CONTEXT;
  } catch (error) {
    report("context manager", error);
    return ROOT_CONTEXT;
  }
}

function isContext(value: unknown): value is Context {
  return typeof (value as Context | undefined | null)?.getValue === "function";
}

/** The context key under which `withNestedWork` stores the work. */
const NESTED_WORK_KEY = createContextKey("ai-spans nested work");

/** @returns a context in which `nestedWork` returns `work` */
export function withNestedWork(workContext: Context, work: object): Context {
  return workContext.setValue(NESTED_WORK_KEY, work);
}

export function nestedWork(): unknown {
  return activeContext().getValue(NESTED_WORK_KEY);
}

/** A context key per kind of work: a method of an agent, or a patch of such a method. */
const KEYS = {
  method: createContextKey("ai-spans method"),
  patch: createContextKey("ai-spans patch"),
};

/** Runs work in a context in which `workOf` returns the owner. Without a context manager, `workOf` returns nothing. */
export function runAsWorkOf<T>(kind: keyof typeof KEYS, owner: unknown, work: () => T): T {
  return runInContext(activeContext().setValue(KEYS[kind], owner), work);
}

export function workOf(kind: keyof typeof KEYS): unknown {
  return activeContext().getValue(KEYS[kind]);
}

/**
 * Marks the context of an SDK call whose caller has disabled telemetry. The value has the span that was active at the
 * call.
 */
const OPTED_OUT_KEY = createContextKey("ai-spans opted out");

interface OptedOut {
  readonly below: Span | undefined;
}

/** The context of an SDK call whose caller has disabled telemetry. The call's tools run in it. */
export function optedOutContext(active: Context): Context {
  const optedOut: OptedOut = { below: trace.getSpan(active) };
  return active.setValue(OPTED_OUT_KEY, optedOut);
}

/** Whether the context belongs to an SDK call with disabled telemetry, and no span has started inside that call. */
export function isOptedOut(active: Context): boolean {
  // Only `optedOutContext` writes this value, so the cast is right.
  const optedOut = active.getValue(OPTED_OUT_KEY) as OptedOut | undefined;
  return optedOut !== undefined && optedOut.below === trace.getSpan(active);
}
