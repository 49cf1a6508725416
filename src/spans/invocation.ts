/**
 * Tells an invocation of a serverless function which of our spans are open in it. Whoever waits for them puts the
 * invocation into the context or, where nobody manages that, into a storage of its own; without either nothing is told.
 */
import type { Context, Span } from "@opentelemetry/api";

/** A set of spans fits. Must not throw. */
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

/** With the invocation of the storage, which the context cannot have brought along. */
export function inInvocation(context: Context): Context {
  // Set by the serverless entry, to an AsyncLocalStorage.
  const storage = (globalThis as { [INVOCATION_KEY]?: { getStore(): unknown } })[INVOCATION_KEY];
  const invocation = storage?.getStore();
  return invocation ? context.setValue(INVOCATION_KEY, invocation) : context;
}
