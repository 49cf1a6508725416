/**
 * Agents: their `generate` and `stream` open the run that the SDK's functions inside would open, had they been reached
 * through the wrapped namespace. The SDK's class and its instances are never changed.
 */
import { asRecord, isFunction, isRecord, type Constructor } from "../readers/structure.ts";
import type { Tracing } from "../spans/tracing.ts";
import { traceFunction, type TracedFunction } from "./operation.ts";
import { AGENT_METHODS } from "./operations.ts";
import { originalOf, standsFor, steadily, viewOf } from "./view.ts";

/** Where an agent comes from. */
export type AgentOrigin = Pick<TracedFunction, "namespace" | "tracing">;

/** A subclass in the class's place: what extends it calls the traced methods by `super`. */
export function traceAgentClass(original: Constructor, origin: AgentOrigin): Constructor {
  if (originalOf(original) !== original) return original;
  const Traced = class extends original {
    /** Whoever was made by the SDK's own class is one of this class, too. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(this === Traced ? original : this, value);
    }
  };
  for (const key of ["name", "length"]) {
    Object.defineProperty(Traced, key, Object.getOwnPropertyDescriptor(original, key) ?? {});
  }
  for (const name of AGENT_METHODS.keys()) {
    Object.defineProperty(Traced.prototype, name, {
      configurable: true,
      writable: true,
      value: traceMethod(original.prototype, name, origin),
    });
  }
  return standsFor(Traced, original);
}

/** A view of one agent, whatever its class. */
export function traceAgent<T extends object>(agent: T, tracing: Tracing): T {
  if (originalOf(agent) !== agent) return agent;
  const isPrivate = hasPrivateMembers(agent);
  const show = (value: unknown, key: PropertyKey): unknown => {
    const isTraced = AGENT_METHODS.has(String(key));
    if (!isFunction(value) || !(isTraced || (isPrivate && !Object.hasOwn(agent, key)))) return value;
    return isTraced ? traceMethod(agent, String(key), { namespace: undefined, tracing }) : value.bind(agent);
  };
  return viewOf(agent, [...AGENT_METHODS.keys()], steadily(show));
}

/** @param holder who has the method, and sees through the views of its instances: they have no private members */
function traceMethod(holder: object, name: string, origin: AgentOrigin): unknown {
  const original = asRecord(holder)?.[name];
  const kind = AGENT_METHODS.get(name);
  if (!isFunction(original) || !kind) return original;
  const isPrivate = hasPrivateMembers(holder);
  const withSettings = (instance: object, settings: object): object | undefined =>
    isPrivate
      ? undefined
      : viewOf(instance, ["settings"], (value, key) => {
          if (key === "settings") return settings;
          // What a subclass overrides may use its private members.
          return isFunction(value) && value !== asRecord(holder)?.[key] ? value.bind(instance) : value;
        });
  return traceFunction({ ...origin, original, kind, withSettings });
}

/** Whether a view may not stand for an instance: private members, compiled or not, are found on the instance alone. */
function hasPrivateMembers(holder: object): boolean {
  for (let part: unknown = holder; isRecord(part); part = Object.getPrototypeOf(part)) {
    const owner = part.constructor;
    if (isFunction(owner) && /#\w|private/i.test(Function.prototype.toString.call(owner))) return true;
  }
  return false;
}
