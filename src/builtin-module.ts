/**
 * The runtime's own modules without an import, which would break where they are not: by `process.getBuiltinModule`, that
 * Node, Deno, Bun and workerd (with `nodejs_compat`) have.
 */
import { contain } from "./containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "./readers/structure.ts";

export function builtinModule(name: string): UnknownRecord | undefined {
  return contain("getBuiltinModule", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    const load = process?.getBuiltinModule;
    return isFunction(load) ? asRecord(Reflect.apply(load, process, [name])) : undefined;
  });
}
