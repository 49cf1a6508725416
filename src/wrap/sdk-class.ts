/**
 * Recognizes the SDK's agent classes. Only these classes use their settings as ai-spans expects.
 */
import { isFunction, readDataProperty } from "../foundation/structure.ts";
import { AGENT_METHODS } from "./operations.ts";
import { originalOf } from "./view.ts";

/**
 * Whether the class of an agent is traced, or extends a traced class.
 *
 * @param isCounted whether a traced class counts
 */
export function isOfTracedClass(
  agent: object,
  isCounted: (agentClass: object) => boolean = () => true,
): boolean {
  const holder = holderOf(agent, (prototype) => {
    const constructor = readDataProperty(prototype, "constructor");
    return isFunction(constructor) && originalOf(constructor) !== constructor && isCounted(constructor);
  });
  return holder !== undefined;
}

/**
 * @returns the first object that satisfies the condition: the object itself, or one of its prototypes in their order
 */
function holderOf(object: object, isHolder: (holder: object) => boolean): object | undefined {
  let holder: object | null = object;
  while (holder && !isHolder(holder)) holder = Reflect.getPrototypeOf(holder);
  return holder ?? undefined;
}

/** @returns the prototype of the SDK's agent class (v5 to v7) that the agent extends; `undefined` if it extends none */
export function sdkPrototypeOf(agent: object): object | undefined {
  return holderOf(agent, (holder) => {
    const has = (...names: string[]): boolean =>
      names.every((name) => isFunction(readDataProperty(holder, name)));
    const hasGetter = (name: string): boolean =>
      Reflect.getOwnPropertyDescriptor(holder, name)?.get !== undefined;
    if (!has(...AGENT_METHODS.keys())) return false;
    if (has("prepareCall")) return hasGetter("tools") && hasGetter("id");
    if (has("respond")) return hasGetter("tools");
    // The first releases of v5 have only `generate` and `stream`. They are recognized by their source text. One match
    // is enough, because another instrumentation may have replaced one of the two.
    return [...AGENT_METHODS.keys()].some((name) =>
      SPREADS_SETTINGS.test(String(readDataProperty(holder, name))),
    );
  });
}

const SPREADS_SETTINGS = /\(\{\s*\.\.\.this\.settings,\s*\.\.\.\w+\s*\}\)/;

/** Whether the method is that of the SDK's class, which means that no subclass overrides it. */
export function isMethodOfSDK(agent: object, name: string, method: unknown): boolean {
  return readDataProperty(sdkPrototypeOf(agent), name) === method;
}

/** Whether the SDK's class has `prepareCall` (v6, v7). */
export function preparesCalls(sdkPrototype: object | undefined): boolean {
  return isFunction(readDataProperty(sdkPrototype, "prepareCall"));
}
