/**
 * Recognizes the SDK's agent classes. Only they use their settings as this package expects.
 */
import { isFunction, ownData } from "../foundation/structure.ts";
import { AGENT_METHODS } from "./operations.ts";
import { originalOf } from "./view.ts";

/**
 * Whether the class of an agent is traced, or extends one that is.
 *
 * @param isCounted whether a traced class counts
 */
export function isOfTracedClass(
  agent: object,
  isCounted: (agentClass: object) => boolean = () => true,
): boolean {
  const holder = holderOf(agent, (prototype) => {
    const constructor = ownData(prototype, "constructor");
    return isFunction(constructor) && originalOf(constructor) !== constructor && isCounted(constructor);
  });
  return holder !== undefined;
}

/** @returns the object itself, or its nearest prototype, that satisfies the condition */
function holderOf(object: object, isHolder: (holder: object) => boolean): object | undefined {
  let holder: object | null = object;
  while (holder && !isHolder(holder)) holder = Reflect.getPrototypeOf(holder);
  return holder ?? undefined;
}

/** @returns the prototype of the SDK's class (v5 to v7); `undefined` for an agent that does not extend one */
export function sdkPrototypeOf(agent: object): object | undefined {
  return holderOf(agent, (holder) => {
    const has = (...names: string[]): boolean => names.every((name) => isFunction(ownData(holder, name)));
    const hasGetter = (name: string): boolean =>
      Reflect.getOwnPropertyDescriptor(holder, name)?.get !== undefined;
    if (!has(...AGENT_METHODS.keys())) return false;
    if (has("prepareCall")) return hasGetter("tools") && hasGetter("id");
    if (has("respond")) return hasGetter("tools");
    // The first releases of v5 have no other member. One method is enough, because an APM may have replaced the other.
    return [...AGENT_METHODS.keys()].some((name) => SPREADS_SETTINGS.test(String(ownData(holder, name))));
  });
}

const SPREADS_SETTINGS = /\(\{\s*\.\.\.this\.settings,\s*\.\.\.\w+\s*\}\)/;

/** Whether the method is the one of the SDK's class, so that no subclass overrides it. */
export function isMethodOfSDK(agent: object, name: string, method: unknown): boolean {
  return ownData(sdkPrototypeOf(agent), name) === method;
}

/** Whether the class has `prepareCall` (v6, v7). */
export function preparesCalls(sdkPrototype: object | undefined): boolean {
  return isFunction(ownData(sdkPrototype, "prepareCall"));
}
