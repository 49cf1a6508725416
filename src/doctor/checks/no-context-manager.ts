/** Finds a program without a context manager. */
import type { Check } from "../check.ts";
import { everyWrappingHasProvider } from "../wrapping-providers.ts";

export const noContextManager: Check = {
  id: "no-context-manager",
  lookedAt: "the context manager, by entering a context and reading it",
  means:
    "Runs have the right tree, because ai-spans passes parents on. Spans of your own code, such as a `fetch` in a tool, are not below them. Runs are not below the span of their request.",
  toDo: "Register a context manager: `context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())` of `@opentelemetry/context-async-hooks`. `NodeSDK` does it by itself.",
  examine({ registration, context, ledger }) {
    if (!registration.hasProvider && !everyWrappingHasProvider(ledger))
      return { unknown: "there is no tracer provider" };
    if (context.isEntered === false) return { found: "a context that was entered was not active" };
    if (context.isEntered) return undefined;
    return registration.hasContextManager
      ? { unknown: "ai-spans was not used" }
      : { found: "no context manager is registered" };
  },
};
