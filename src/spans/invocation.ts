/**
 * Adds our open spans to the invocation of a serverless function, which waits until they have ended. The serverless
 * entry puts the invocation into the context and, for programs without a context manager, into an `AsyncLocalStorage`.
 * Without an invocation this file does nothing.
 */
import type { Context, Span } from "@opentelemetry/api";

/** The open spans of an invocation. A `Set` of spans has these methods. They must not throw. */
export interface Invocation {
  add(open: Span): unknown;
  delete(ended: Span): unknown;
}

/**
 * The same symbol in every copy and bundle of ai-spans. It is the key of the invocation in the context, and of the
 * storage on `globalThis`.
 */
export const INVOCATION_KEY: unique symbol = Symbol.for("ai-spans invocation");

export function invocationOf(context: Context): Invocation | undefined {
  // Only the serverless entry writes under this key, so the cast is right.
  return context.getValue(INVOCATION_KEY) as Invocation | undefined;
}

/** Reads the invocation from the storage and adds it to the context. */
export function inInvocation(context: Context): Context {
  // The serverless entry stores an `AsyncLocalStorage` here.
  const storage = (globalThis as { [INVOCATION_KEY]?: { getStore(): unknown } })[INVOCATION_KEY];
  const invocation = storage?.getStore();
  return invocation ? context.setValue(INVOCATION_KEY, invocation) : context;
}
