/**
 * Tells the SDK's agent classes from the program's own, which may do anything with their settings.
 */
import { isFunction, ownData } from "../foundation/structure.ts";
import { AGENT_METHODS } from "./operations.ts";
import { originalOf } from "./view.ts";

/** Whether the class of an agent is traced, or extends one that is. */
export function isOfTracedClass(agent: object): boolean {
  const holder = holderOf(agent, (prototype) => {
    const constructor = ownData(prototype, "constructor");
    return originalOf(constructor) !== constructor;
  });
  return holder !== undefined;
}

/** The object itself, or the first of its prototypes, that satisfies the condition. */
function holderOf(object: object, is: (holder: object) => boolean): object | undefined {
  let holder: object | null = object;
  while (holder && !is(holder)) holder = Reflect.getPrototypeOf(holder);
  return holder ?? undefined;
}

/** The prototype of the SDK's class: it alone reads its settings as this file expects (v5 to v7). */
export function sdkPrototypeOf(agent: object): object | undefined {
  return holderOf(agent, (holder) => {
    const has = (...names: string[]): boolean => names.every((name) => isFunction(ownData(holder, name)));
    const hasGetter = (name: string): boolean =>
      Reflect.getOwnPropertyDescriptor(holder, name)?.get !== undefined;
    if (!has(...AGENT_METHODS.keys())) return false;
    if (has("prepareCall")) return hasGetter("tools") && hasGetter("id");
    if (has("respond")) return hasGetter("tools");
    // The first releases of v5 have nothing else. An APM may have replaced one of the methods.
    return [...AGENT_METHODS.keys()].some((name) => SPREADS_SETTINGS.test(String(ownData(holder, name))));
  });
}

const SPREADS_SETTINGS = /\(\{\s*\.\.\.this\.settings,\s*\.\.\.\w+\s*\}\)/;

/** Whether a method of an agent is that of the SDK's class. */
export function isSDKs(agent: object, name: string, method: unknown): boolean {
  return ownData(sdkPrototypeOf(agent), name) === method;
}

export function preparesCalls(sdkPrototype: object | undefined): boolean {
  return isFunction(ownData(sdkPrototype, "prepareCall"));
}
