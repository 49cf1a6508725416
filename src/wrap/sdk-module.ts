/**
 * Wraps the SDK's module in a view. The view replaces the traced functions and classes, and all other exports are
 * unchanged. Each read of an export returns the same function. A wrapped module is not wrapped a second time.
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

/** Whether the value has a function or a class that ai-spans can trace. */
function hasTracedExport(value: unknown): boolean {
  return NAMES.some((name) => isFunction(asRecord(value)?.[name]));
}

/** @throws TypeError when neither `ai` nor its default export has a function or a class that ai-spans can trace */
export function checkSDKModule(ai: unknown): void {
  if (hasTracedExport(ai) || hasTracedExport(asRecord(ai)?.default)) return;
  const type = ai === null ? "null" : typeof ai;
  throw new TypeError(
    `wrapAISDK: ai must be an object with one of ${[...OPERATIONS.keys()].join(", ")}; got ${type}`,
  );
}

/** @param isInstrumentation whether an instrumentation wraps the module. Otherwise the program's code does. */
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

/** Whether the value is the module object of an ES module. Its properties look writable, but it refuses every write. */
function isModuleNamespace(namespace: object): boolean {
  return Reflect.getPrototypeOf(namespace) === null && !Reflect.isExtensible(namespace);
}

/** A view of the SDK's module. If the original is an ES module, the view refuses writes as the original does. */
class SDKModuleHandler<T extends object> extends ViewHandler<T> {
  override set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    return !isModuleNamespace(this.original) && super.set(target, key, value, receiver);
  }

  override defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!isModuleNamespace(this.original)) return super.defineProperty(target, key, descriptor);
    const { value } = descriptor;
    // An ES module accepts the definition of a property with its present value, and refuses any other. So the original
    // value is passed to it.
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
  // `import * as ai` of a CommonJS build has the functions on `default` too.
  const isModule = key === "default" && isRecord(value) && hasTracedExport(value);
  return isModule ? wrapSDKModule(value, origin.tracing, origin.isInstrumentation) : undefined;
}
