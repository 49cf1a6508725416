/**
 * One context manager for all tests of a file. Each `AsyncLocalStorage` adds a property of its own to every promise, so
 * thousands of them make each promise slow.
 */
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";

const manager = new AsyncLocalStorageContextManager();

/** `context.disable()` disables it. */
export function enabledContextManager(): AsyncLocalStorageContextManager {
  return manager.enable();
}
