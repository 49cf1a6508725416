/**
 * Reports our open spans to the invocation of a serverless function that waits for them. The serverless entry puts the
 * invocation into the context and, for programs without a context manager, into an `AsyncLocalStorage`. Without an
 * invocation nothing is reported.
 */
import type { Context, Span } from "@opentelemetry/api";

/** The open spans of an invocation. A `Set` of spans has this shape. The methods must not throw. */
export interface Invocation {
  add(open: Span): unknown;
  delete(ended: Span): unknown;
}

/** The same symbol in every copy and bundle of this package: in the context, and on `globalThis` for the storage. */
export const INVOCATION_KEY: unique symbol = Symbol.for("ai-spans invocation");

export function invocationOf(context: Context): Invocation | undefined {
  // Only the serverless entry writes under this key.
  return context.getValue(INVOCATION_KEY) as Invocation | undefined;
}

/** Adds the invocation of the storage to the context. */
export function inInvocation(context: Context): Context {
  // The serverless entry stores an `AsyncLocalStorage` here.
  const storage = (globalThis as { [INVOCATION_KEY]?: { getStore(): unknown } })[INVOCATION_KEY];
  const invocation = storage?.getStore();
  return invocation ? context.setValue(INVOCATION_KEY, invocation) : context;
}
