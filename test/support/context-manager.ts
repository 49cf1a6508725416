/**
 * One context manager for all tests of a file. Each `AsyncLocalStorage` adds a property to every promise, so thousands
 * of them would make promises slow.
 */
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";

const manager = new AsyncLocalStorageContextManager();

/** Enables it again, because `context.disable()` disables it. */
export function enabledContextManager(): AsyncLocalStorageContextManager {
  return manager.enable();
}
