/**
 * Loads built-in modules of the runtime, such as `node:module`, without an import. A static import of a module that the
 * runtime does not have would stop our file from loading. Uses `process.getBuiltinModule` of Node, Deno, Bun and
 * workerd (with `nodejs_compat`).
 */
import { contain } from "./containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "./structure.ts";

/** @returns the module; `undefined` where the runtime does not have it */
export function builtinModule(name: string): UnknownRecord | undefined {
  return contain("getBuiltinModule", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    const load = process?.getBuiltinModule;
    return isFunction(load) ? asRecord(Reflect.apply(load, process, [name])) : undefined;
  });
}

/** The methods of `AsyncLocalStorage` that we call. They are the same in every runtime that has the class. */
export interface AsyncStorage {
  run<T>(store: unknown, work: () => T): T;
  getStore(): unknown;
}

/** @returns `undefined` where the runtime has no `AsyncLocalStorage` */
export function createAsyncStorage(): AsyncStorage | undefined {
  return contain("AsyncLocalStorage", () => {
    const Storage =
      asRecord(globalThis)?.AsyncLocalStorage ?? builtinModule("node:async_hooks")?.AsyncLocalStorage;
    return isFunction(Storage) ? (Reflect.construct(Storage, []) as AsyncStorage) : undefined;
  });
}
