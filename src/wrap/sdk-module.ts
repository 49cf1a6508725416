/**
 * Wraps the SDK's module. The view replaces the traced functions and classes; every other export is unchanged. Each read
 * of an export gives the same function. A wrapped module is never wrapped again.
 */
import { doctor } from "../foundation/doctor-notice.ts";
import { asRecord, isConstructor, isFunction, isRecord } from "../foundation/structure.ts";
import type { Tracing } from "../spans/tracing.ts";
import { wrapAgentClass, type AgentTracing } from "./agent.ts";
import { traceFunction } from "./operation.ts";
import { AGENT_CLASSES, OPERATIONS } from "./operations.ts";
import { markReplaceable, originalOf, untraced, ViewHandler, type ReplaceProperty } from "./view.ts";

const NAMES: readonly string[] = [
  ...[...OPERATIONS.keys()].flatMap((name) => [name, `experimental_${name}`]),
  ...AGENT_CLASSES.flatMap((name) => [name, `Experimental_${name}`]),
];

/** Whether the value has a function or a class that is traced. */
function hasTracedExport(value: unknown): boolean {
  return NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

/** @throws TypeError when neither `ai` nor its default export has a function or a class that is traced */
export function checkSDKModule(ai: unknown): void {
  if (hasTracedExport(ai) || hasTracedExport(asRecord(ai)?.default)) return;
  const type = ai === null ? "null" : typeof ai;
  throw new TypeError(
    `wrapAISDK: ai must be an object with one of ${[...OPERATIONS.keys()].join(", ")}; got ${type}`,
  );
}

/** @param isInstrumentation whether an instrumentation wraps the module, and no code of the program */
export function wrapSDKModule<T extends object>(module: T, tracing: Tracing, isInstrumentation = false): T {
  doctor()?.("wrap", module, tracing);
  const sdkModule = untraced(module, isInstrumentation);
  if (!sdkModule) return module;
  const known = new WeakMap<object, object>();
  const replace: ReplaceProperty = (value, key) => {
    const original = asRecord(value);
    if (!original) return value;
    const traced =
      known.get(original) ?? wrapExport(String(key), value, { sdkModule, tracing, isInstrumentation });
    if (traced) known.set(original, traced);
    return traced ?? value;
  };
  const { view } = new SDKModuleHandler<T>(sdkModule, replace);
  return isInstrumentation ? markReplaceable(view) : view;
}

/** Whether it is the namespace of an ES module: its properties look writable, but it refuses every write. */
function isModuleNamespace(namespace: object): boolean {
  return Reflect.getPrototypeOf(namespace) === null && !Reflect.isExtensible(namespace);
}

/** Refuses writes as an ES module does, where the namespace is one. */
class SDKModuleHandler<T extends object> extends ViewHandler<T> {
  override set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    return !isModuleNamespace(this.original) && super.set(target, key, value, receiver);
  }

  override defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!isModuleNamespace(this.original)) return super.defineProperty(target, key, descriptor);
    const { value } = descriptor;
    // The module accepts a definition with its present value, and refuses any other.
    const restored = originalOf(value) === value ? descriptor : { ...descriptor, value: originalOf(value) };
    return Reflect.defineProperty(this.original, key, restored);
  }
}

/** @returns `undefined` for an export that is not traced */
function wrapExport(key: string, value: unknown, origin: AgentTracing): object | undefined {
  const name = key.replace(/^experimental_/i, "");
  const kind = OPERATIONS.get(name);
  if (kind && isFunction(value)) return traceFunction({ ...origin, name, original: value, kind });
  if (AGENT_CLASSES.includes(name) && isConstructor(value)) return wrapAgentClass(value, origin);
  // A CommonJS build behind `import * as ai` has its functions on `default` as well.
  const isModule = key === "default" && isRecord(value) && hasTracedExport(value);
  return isModule ? wrapSDKModule(value, origin.tracing, origin.isInstrumentation) : undefined;
}
