/**
 * The wrapped namespace: a proxy that hands out traced functions and classes and leaves everything else alone. The same
 * one each time it is read, and never wrapped twice.
 */
import { asRecord, isConstructor, isFunction, isRecord } from "../readers/structure.ts";
import type { Tracing } from "../spans/tracing.ts";
import { traceAgentClass, type AgentOrigin } from "./agent.ts";
import { traceFunction } from "./operation.ts";
import { AGENT_CLASSES, OPERATIONS } from "./operations.ts";
import { originalOf, viewOf } from "./view.ts";

const NAMES: readonly string[] = [
  ...[...OPERATIONS.keys()].flatMap((name) => [name, `experimental_${name}`]),
  ...AGENT_CLASSES.flatMap((name) => [name, `Experimental_${name}`]),
];

/** Whether an object has one of the functions or classes that are traced. */
function hasOperation(value: unknown): boolean {
  return NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

/** @throws TypeError when neither `ai` nor its default export has one of them */
export function checkNamespace(ai: unknown): void {
  if (hasOperation(ai) || hasOperation(asRecord(ai)?.default)) return;
  const given = ai === null ? "null" : typeof ai;
  throw new TypeError(
    `wrapAISDK: ai must be an object with one of ${[...OPERATIONS.keys()].join(", ")}; got ${given}`,
  );
}

export function wrapNamespace<T extends object>(namespace: T, tracing: Tracing): T {
  if (originalOf(namespace) !== namespace) return namespace;
  const known = new WeakMap<object, object>();
  /** What was put there through the view, by a test's mock for one, is what is seen there. */
  const replaced = new Set<PropertyKey>();
  const show = (value: unknown, key: PropertyKey): unknown => {
    const original = replaced.has(key) ? undefined : asRecord(value);
    if (!original) return value;
    const traced = known.get(original) ?? traceExport(String(key), value, { namespace, tracing });
    if (traced) known.set(original, traced);
    return traced ?? value;
  };
  return viewOf(namespace, [...NAMES, "default"], show, {
    defineProperty(target, key, descriptor) {
      const { value } = descriptor;
      // What is traced goes back as what it was: our functions do not get into the program's own object.
      const own = originalOf(value) === value ? descriptor : { ...descriptor, value: originalOf(value) };
      const isOther = "get" in own || ("value" in own && own.value !== Reflect.get(target, key));
      const isDone = onBoth(namespace, target, (object) => Reflect.defineProperty(object, key, own));
      if (isDone && own !== descriptor) replaced.delete(key);
      else if (isDone && isOther) replaced.add(key);
      return isDone;
    },
    deleteProperty(target, key) {
      replaced.delete(key);
      return onBoth(namespace, target, (object) => Reflect.deleteProperty(object, key));
    },
    getOwnPropertyDescriptor(target, key) {
      const descriptor: PropertyDescriptor | undefined = Reflect.getOwnPropertyDescriptor(target, key);
      // A value that is fixed may not be shown as another.
      if (descriptor && "value" in descriptor && (descriptor.writable || descriptor.configurable))
        descriptor.value = show(descriptor.value, key);
      return descriptor;
    },
  });
}

/** The program's own, and what stands in for it where some of it is fixed. */
function onBoth(own: object, target: object, change: (object: object) => boolean): boolean {
  return change(own) && (target === own || change(target));
}

/** `undefined`: it is not traced. */
function traceExport(key: string, value: unknown, origin: AgentOrigin): object | undefined {
  const name = key.replace(/^experimental_/i, "");
  const kind = OPERATIONS.get(name);
  if (kind && isFunction(value)) return traceFunction({ ...origin, original: value, kind });
  if (AGENT_CLASSES.includes(name) && isConstructor(value)) return traceAgentClass(value, origin);
  // A CommonJS build behind `import * as ai` has its functions on `default` as well.
  const isModule = key === "default" && isRecord(value) && hasOperation(value);
  return isModule ? wrapNamespace(value, origin.tracing) : undefined;
}
