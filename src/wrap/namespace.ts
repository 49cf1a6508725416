/**
 * The wrapped namespace: a proxy that hands out traced functions and leaves everything else alone. The same function
 * each time it is read, and never wrapped twice.
 */
import { asRecord, isFunction, isRecord } from "../readers/guards.ts";
import type { Tracing } from "../spans/tracing.ts";
import { callOperation } from "./operation.ts";
import { OPERATION_NAMES, OPERATIONS } from "./operations.ts";
import { isView, originalOf, standsFor, viewOf } from "./view.ts";

/** Whether an object has one of the functions that are traced. */
export function hasOperation(value: unknown): boolean {
  return OPERATION_NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

export function wrapNamespace<T extends object>(namespace: T, tracing: Tracing): T {
  if (isView(namespace)) return namespace;
  const known = new WeakMap<object, object>();
  const trace = (value: unknown, key: PropertyKey): object | undefined => {
    const source = OPERATIONS.get(String(key));
    if (source !== undefined && isFunction(value)) {
      const operation = { original: value, source, namespace, tracing };
      // A proxy keeps name, length, properties and prototype of the function. Called as a method of our proxy, the
      // function sees the object it belongs to.
      const apply = (_original: unknown, self: unknown, args: unknown[]): unknown =>
        callOperation(operation, originalOf(self), args);
      return isView(value) ? value : standsFor(new Proxy(value, { apply }), value);
    }
    // A CommonJS build behind `import * as ai` has its functions on `default` as well.
    return key === "default" && isRecord(value) && hasOperation(value)
      ? wrapNamespace(value, tracing)
      : undefined;
  };
  return viewOf(namespace, [...OPERATION_NAMES, "default"], (value, key) => {
    const record = asRecord(value);
    if (!record) return value;
    const traced = known.get(record) ?? trace(value, key);
    if (traced) known.set(record, traced);
    return traced ?? value;
  });
}
