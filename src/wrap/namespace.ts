/**
 * The wrapped namespace: a proxy that hands out traced functions and leaves everything else alone. The same function
 * each time it is read, and never wrapped twice.
 */
import { asRecord, isFunction, isRecord } from "../readers/guards.ts";
import type { Tracing } from "../spans/tracing.ts";
import { callOperation, type Operation } from "./operation.ts";
import { OPERATION_NAMES, OPERATIONS } from "./operations.ts";
import { onOriginal, originalOf, standsFor, viewOf } from "./view.ts";

/** Whether an object has one of the functions that are traced. */
export function hasOperation(value: unknown): boolean {
  return OPERATION_NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

export function wrapNamespace<T extends object>(namespace: T, tracing: Tracing): T {
  if (originalOf(namespace) !== namespace) return namespace;
  const known = new WeakMap<object, object>();
  return viewOf(namespace, (value, key) => {
    const source = OPERATIONS.get(String(key));
    let traced: object | undefined;
    if (source !== undefined && isFunction(value)) {
      traced = known.get(value) ?? traceFunction({ original: value, source, namespace, tracing });
    } else if (key === "default" && isRecord(value) && hasOperation(value)) {
      // A CommonJS build behind `import * as ai` has its functions on `default` as well.
      traced = known.get(value) ?? wrapNamespace(value, tracing);
    } else return value;
    known.set(value, traced);
    return traced;
  });
}

function traceFunction(operation: Operation): object {
  const { original } = operation;
  if (originalOf(original) !== original) return original;
  return standsFor(
    onOriginal(original, (self, args) => callOperation(operation, self, args)),
    original,
  );
}
