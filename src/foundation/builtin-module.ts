/**
 * The runtime's own modules without an import, which would break where they are not: by `process.getBuiltinModule`, that
 * Node, Deno, Bun and workerd (with `nodejs_compat`) have.
 */
import { contain } from "./containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "./structure.ts";

export function builtinModule(name: string): UnknownRecord | undefined {
  return contain("getBuiltinModule", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    const load = process?.getBuiltinModule;
    return isFunction(load) ? asRecord(Reflect.apply(load, process, [name])) : undefined;
  });
}

/** What of an `AsyncLocalStorage` is used. The class has the same methods in every runtime that has it. */
export interface AsyncStorage {
  run<T>(store: unknown, work: () => T): T;
  getStore(): unknown;
}

/** `undefined` where the runtime has none. */
export function createAsyncStorage(): AsyncStorage | undefined {
  return contain("AsyncLocalStorage", () => {
    const Storage =
      asRecord(globalThis)?.AsyncLocalStorage ?? builtinModule("node:async_hooks")?.AsyncLocalStorage;
    return isFunction(Storage) ? (Reflect.construct(Storage, []) as AsyncStorage) : undefined;
  });
}
