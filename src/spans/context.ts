/**
 * Runs the application's functions in a span's context. Each function runs exactly once, even when the context manager
 * fails.
 */
import { context, createContextKey, ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { report, runOnce } from "../foundation/containment.ts";
import { inInvocation } from "./invocation.ts";

/** The method of a span that a runtime must enter too, besides its context (Cloudflare's native spans). */
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
 * @returns the active context; the root context where the context manager fails or, as a mocked one does, returns no
 *   context. Called often, so it creates no closures.
 */
export function activeContext(): Context {
  const active = managedContext();
  try {
    // `setValue` of a mocked context may return nothing.
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

/** The key of the work that is under way. */
const NESTED_WORK_KEY = createContextKey("ai-spans nested work");

/** @returns a context in which `nestedWork` returns the work */
export function withNestedWork(workContext: Context, work: object): Context {
  return workContext.setValue(NESTED_WORK_KEY, work);
}

export function nestedWork(): unknown {
  return activeContext().getValue(NESTED_WORK_KEY);
}

/** The kinds of work: a method of an agent, or a patch of such a method. */
const KEYS = {
  method: createContextKey("ai-spans method"),
  patch: createContextKey("ai-spans patch"),
};

/** Runs work so that `workOf` returns its owner inside, as far as a context manager carries the context. */
export function runAsWorkOf<T>(kind: keyof typeof KEYS, owner: unknown, work: () => T): T {
  return runInContext(activeContext().setValue(KEYS[kind], owner), work);
}

export function workOf(kind: keyof typeof KEYS): unknown {
  return activeContext().getValue(KEYS[kind]);
}

/** In the context of an SDK call whose caller has disabled telemetry: the active span at the call. */
const OPTED_OUT_KEY = createContextKey("ai-spans opted out");

interface OptedOut {
  readonly below: Span | undefined;
}

/** The context of such a call, in which its tools run. */
export function optedOutContext(active: Context): Context {
  const optedOut: OptedOut = { below: trace.getSpan(active) };
  return active.setValue(OPTED_OUT_KEY, optedOut);
}

/** Whether the context belongs to such a call, and no span has started inside it. */
export function isOptedOut(active: Context): boolean {
  // Only `optedOutContext` writes it.
  const optedOut = active.getValue(OPTED_OUT_KEY) as OptedOut | undefined;
  return optedOut !== undefined && optedOut.below === trace.getSpan(active);
}
