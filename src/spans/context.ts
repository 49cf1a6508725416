/**
 * Runs the application's functions in a span's context. The function runs exactly once, whatever the context manager
 * does.
 */
import { context, createContextKey, ROOT_CONTEXT, trace, type Context, type Span } from "@opentelemetry/api";
import { report, runOnce } from "../foundation/containment.ts";
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

/**
 * The caller's context; the root context where the context manager fails or, as one that is mocked, knows none. Asked
 * often: it makes no closures.
 */
export function activeContext(): Context {
  const active = managedContext();
  try {
    // A mocked context gives back nothing.
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

/** The work of ours that is under way. */
const PENDING_KEY = createContextKey("ai-spans pending work");

/** The context of work, in which `pendingWork` gives the work. */
export function asPendingWork(workContext: Context, work: object): Context {
  return workContext.setValue(PENDING_KEY, work);
}

export function pendingWork(): unknown {
  return activeContext().getValue(PENDING_KEY);
}

/** What a piece of work is: a method of an agent, or a patch of one. */
const KEYS = {
  method: createContextKey("ai-spans method"),
  patch: createContextKey("ai-spans patch"),
};

/** Runs work so that `workOf` knows whose it is, as far as a context manager carries it. */
export function runAsWorkOf<T>(kind: keyof typeof KEYS, owner: unknown, work: () => T): T {
  return runInContext(activeContext().setValue(KEYS[kind], owner), work);
}

export function workOf(kind: keyof typeof KEYS): unknown {
  return activeContext().getValue(KEYS[kind]);
}

/** In the context of a call of the SDK whose caller wants no telemetry: the span that is active there. */
const OPTED_OUT_KEY = createContextKey("ai-spans opted out");

interface OptedOut {
  readonly below: Span | undefined;
}

/** The context of such a call, for the tools that it executes. */
export function optedOutContext(active: Context): Context {
  const optedOut: OptedOut = { below: trace.getSpan(active) };
  return active.setValue(OPTED_OUT_KEY, optedOut);
}

/** Whether such a call goes on there, and no span has begun inside it. */
export function isOptedOut(active: Context): boolean {
  // Only `optedOutContext` writes it.
  const optedOut = active.getValue(OPTED_OUT_KEY) as OptedOut | undefined;
  return optedOut !== undefined && optedOut.below === trace.getSpan(active);
}
