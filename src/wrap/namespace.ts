/**
 * The wrapped namespace: a proxy that hands out traced functions and classes and leaves everything else alone. The same
 * one each time it is read, and never wrapped twice.
 */
import { asRecord, isConstructor, isFunction, isRecord } from "../readers/guards.ts";
import type { Tracing } from "../spans/tracing.ts";
import { traceAgentClass } from "./agent.ts";
import { traceFunction } from "./operation.ts";
import { AGENT_CLASSES, OPERATIONS } from "./operations.ts";
import { originalOf, viewOf } from "./view.ts";

const NAMES: readonly string[] = [
  ...[...OPERATIONS.keys()].flatMap((name) => [name, `experimental_${name}`]),
  ...AGENT_CLASSES.flatMap((name) => [name, `Experimental_${name}`]),
];

/** Whether an object has one of the functions or classes that are traced. */
export function hasOperation(value: unknown): boolean {
  return NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

export function wrapNamespace<T extends object>(namespace: T, tracing: Tracing): T {
  if (originalOf(namespace) !== namespace) return namespace;
  const known = new WeakMap<object, object>();
  return viewOf(namespace, [...NAMES, "default"], (value, key) => {
    const name = String(key).replace(/^experimental_/i, "");
    const kind = OPERATIONS.get(name);
    const trace =
      kind && isFunction(value)
        ? () => traceFunction({ original: value, kind, namespace, tracing })
        : AGENT_CLASSES.includes(name) && isConstructor(value)
          ? () => traceAgentClass(value, namespace, tracing)
          : // A CommonJS build behind `import * as ai` has its functions on `default` as well.
            key === "default" && isRecord(value) && hasOperation(value)
            ? () => wrapNamespace(value, tracing)
            : undefined;
    const original = asRecord(value);
    if (!trace || !original) return value;
    let traced = known.get(original);
    if (!traced) known.set(original, (traced = trace()));
    return traced;
  });
}
