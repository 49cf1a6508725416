/**
 * Agents: their `generate` and `stream` open the run that the SDK's functions inside would open, had they been reached
 * through the wrapped namespace. Methods run on the agent itself, which may know itself by identity; while a call goes on
 * the SDK reads other settings from it (docs/decisions/2026-11-29-agents-keep-their-identity.md).
 */
import { contain, warnOnce } from "../containment.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  type Constructor,
  type UnknownFunction,
  type UnknownRecord,
} from "../readers/structure.ts";
import { enterObserved, observeResult } from "../runs/traced-work.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import type { Tracing } from "../spans/tracing.ts";
import { placeholder } from "./callbacks.ts";
import { enterCall, showDuring, type LensCall } from "./lens.ts";
import { traceFunction, type TracedFunction } from "./operation.ts";
import { AGENT_METHODS } from "./operations.ts";
import { standInFor } from "./stand-in.ts";
import { originalOf, rememberOriginal } from "./view.ts";

/** Where an agent comes from. */
export type AgentOrigin = Pick<TracedFunction, "namespace" | "tracing" | "current" | "readsSettingsOnce">;

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
      value: traceMethod(original.prototype, name, {
        ...origin,
        readsSettingsOnce: isBaseMethod(Object.create(original.prototype) as object, name),
        current: () => asRecord(original.prototype)?.[name],
      }),
    });
  }
  return rememberOriginal(Traced, original);
}

/** What stands in for one agent, whatever its class. */
export function traceAgent<T extends object>(agent: T, tracing: Tracing): T {
  if (originalOf(agent) !== agent) return agent;
  const traced = (name: string): UnknownFunction | undefined => {
    const readsSettingsOnce = isBaseMethod(agent, name);
    const method = traceMethod(agent, name, { namespace: undefined, tracing, readsSettingsOnce });
    return isFunction(method) ? method : undefined;
  };
  return standInFor(agent, {
    replaceMethod: (key) => (AGENT_METHODS.has(String(key)) ? traced(String(key)) : undefined),
    around: (work) => callingTraced(agent, traced, work),
  });
}

/** Whether the method is that of the class from which all others of the agent extend, which is the SDK's or like it. */
function isBaseMethod(agent: object, name: string): boolean {
  let holder: object | null = agent;
  while (holder && !Object.hasOwn(holder, name)) holder = Reflect.getPrototypeOf(holder);
  return holder !== null && holder !== agent && Reflect.getPrototypeOf(holder) === Object.prototype;
}

/** Another method of an agent that calls `this.generate` or `this.stream` calls the traced one (`respond`, v5). */
function callingTraced(agent: object, traced: (name: string) => unknown, work: () => unknown): unknown {
  const call: LensCall = { isActive: () => workOf("method") === call };
  const hidden = [...AGENT_METHODS.keys()].map((name) =>
    contain(
      "agent",
      () => isFunction(asRecord(agent)?.[name]) && showDuring(agent, name, call, traced(name)),
    ),
  );
  const hide = (): void => hidden.forEach((take) => take && contain("agent", take));
  const observer = { onValue: hide, onError: hide };
  const result = enterObserved(observer, () => runAsWorkOf("method", call, () => enterCall(call, work)));
  return observeResult(result, observer, true);
}

/** @param holder who has the method */
function traceMethod(holder: object, name: string, origin: AgentOrigin): unknown {
  const original = asRecord(holder)?.[name];
  const kind = AGENT_METHODS.get(name);
  if (!isFunction(original) || !kind) return original;
  return traceFunction({ ...origin, original, kind, showSettings });
}

/**
 * Shows an agent's traced settings while a call of it goes on. An agent whose own property is fixed has those of the
 * settings shown one by one.
 *
 * @returns what takes them away again
 */
function showSettings(agent: object, trace: (own: object) => object, call: LensCall): () => void {
  const { settings } = asRecord(agent) ?? {};
  const shown = (own: unknown): unknown => (isRecord(own) ? writtenThrough(own, trace) : own);
  const onAssign = (own: unknown): unknown => {
    if (isRecord(own)) restoreOriginals(own);
    return shown(own);
  };
  const whole = contain("agent settings", () =>
    showDuring(agent, "settings", call, shown(settings), onAssign),
  );
  if (whole) return whole;
  const traced = isRecord(settings) ? trace(settings) : undefined;
  const hidden: (() => void)[] = [];
  for (const key of isRecord(settings) ? Reflect.ownKeys(settings) : []) {
    const value = asRecord(traced)?.[key];
    if (!isRecord(settings) || value === settings[key]) continue;
    const hide = contain("agent settings", () => showDuring(settings, key, call, value));
    if (hide) hidden.push(hide);
    else warnOnce("the settings of an agent are fixed, so what happens inside is not traced");
  }
  return () => hidden.forEach((hide) => hide());
}

/** Traced settings. What an agent's own method writes to them is written to the agent's settings, and traced. */
function writtenThrough(own: object, trace: (own: object) => object): object {
  const traced = trace(own);
  const proxy = new Proxy(traced, {
    set: (_target, key, value) => {
      const original = originalOf(value);
      const shown = contain("agent settings", () => asRecord(trace({ [key]: original }))?.[key]);
      return Reflect.set(own, key, original) && Reflect.set(traced, key, shown ?? original);
    },
    deleteProperty: (_target, key) => Reflect.deleteProperty(own, key) && Reflect.deleteProperty(traced, key),
  });
  return rememberOriginal(proxy, own);
}

/** What a method has made of the settings that it read has the agent's own values again. */
function restoreOriginals(settings: UnknownRecord): void {
  for (const key of Object.keys(settings)) {
    const own = originalOf(settings[key]);
    if (own === placeholder) Reflect.deleteProperty(settings, key);
    else if (own !== settings[key]) Reflect.set(settings, key, own);
  }
}
