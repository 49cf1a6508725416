/** Finds a context manager that loses the active context at an `await`. */
import type { Check } from "../check.ts";

export const contextLostAtAwait: Check = {
  id: "context-lost-at-await",
  lookedAt: "the context manager, by reading a context after an `await`",
  means:
    "Work after the first `await` has no parent: spans of your own code, and runs, start traces of their own. A synchronous context manager, such as `StackContextManager` of OpenTelemetry's SDK for browsers, does this.",
  toDo: "Register `AsyncLocalStorageContextManager` of `@opentelemetry/context-async-hooks` in its place.",
  examine({ context }) {
    if (context.survivesAwait === undefined) return { unknown: "ai-spans was not used" };
    if (!context.isEntered || context.survivesAwait) return undefined;
    return { found: "a context was active before an await, and not after it" };
  },
};
