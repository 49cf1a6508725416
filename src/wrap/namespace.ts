/**
 * The wrapped namespace: a proxy that hands out traced functions and classes and leaves everything else alone. The same
 * one each time it is read, and never wrapped twice.
 */
import { asRecord, isConstructor, isFunction, isRecord } from "../foundation/structure.ts";
import type { Tracing } from "../spans/tracing.ts";
import { traceAgentClass, type AgentOrigin } from "./agent.ts";
import { traceFunction } from "./operation.ts";
import { AGENT_CLASSES, OPERATIONS } from "./operations.ts";
import { originalOf, ViewHandler, type Show } from "./view.ts";

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
  const show: Show = (value, key) => {
    const original = asRecord(value);
    if (!original) return value;
    const traced = known.get(original) ?? traceExport(String(key), value, { namespace, tracing });
    if (traced) known.set(original, traced);
    return traced ?? value;
  };
  return new NamespaceHandler<T>(namespace, show).view;
}

/** A module namespace looks writable and refuses every write. */
function isModuleNamespace(namespace: object): boolean {
  return Reflect.getPrototypeOf(namespace) === null && !Reflect.isExtensible(namespace);
}

/** An ES module refuses what is done to it in its own way. */
class NamespaceHandler<T extends object> extends ViewHandler<T> {
  override set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    return !isModuleNamespace(this.original) && super.set(target, key, value, receiver);
  }

  override defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!isModuleNamespace(this.original)) return super.defineProperty(target, key, descriptor);
    const { value } = descriptor;
    // The module itself says whether that would change it, which nothing can.
    const own = originalOf(value) === value ? descriptor : { ...descriptor, value: originalOf(value) };
    return Reflect.defineProperty(this.original, key, own);
  }
}

/** `undefined`: it is not traced. */
function traceExport(key: string, value: unknown, origin: AgentOrigin): object | undefined {
  const name = key.replace(/^experimental_/i, "");
  const kind = OPERATIONS.get(name);
  if (kind && isFunction(value)) return traceFunction({ ...origin, name, original: value, kind });
  if (AGENT_CLASSES.includes(name) && isConstructor(value)) return traceAgentClass(value, origin);
  // A CommonJS build behind `import * as ai` has its functions on `default` as well.
  const isModule = key === "default" && isRecord(value) && hasOperation(value);
  return isModule ? wrapNamespace(value, origin.tracing) : undefined;
}
