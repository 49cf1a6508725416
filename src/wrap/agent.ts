/**
 * Agents: their `generate` and `stream` open the run that the SDK's functions inside would open, had they been reached
 * through the wrapped namespace. Methods run on the agent itself, with the agent's settings as they are. What is traced
 * is the call that the SDK's class has prepared from them (docs/why/decisions/2026-11-29-agents-keep-their-identity.md).
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  type Constructor,
  type UnknownFunction,
} from "../foundation/structure.ts";
import { enterObserved, mapResult } from "../runs/traced-work.ts";
import type { Tracing } from "../spans/tracing.ts";
import { referenceTo, observeCollection, type Reference } from "../foundation/weak-ref.ts";
import { rememberAsked, runAsked } from "./asked.ts";
import { currentCall, enterCall, replaceDuring } from "./lens.ts";
import { traceFunction, type InsideAgent, type TracedFunction } from "./operation.ts";
import { AGENT_METHODS } from "./operations.ts";
import { tracedParameters, isTransformed, tracedCallParameters } from "./parameters.ts";
import { prepare } from "./prepared-call.ts";
import { isOfTracedClass, isSDKs, preparesCalls, sdkPrototypeOf } from "./sdk-class.ts";
import { restoreOriginals, spreadingTraced, spreadTogether } from "./spread-settings.ts";
import { standInFor } from "./stand-in.ts";
import { cached, onOriginal, originalOf, rememberOriginal } from "./view.ts";
import { WrappedRun } from "./wrapped-run.ts";

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
  const { prototype } = original;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(Traced.prototype, name, { configurable: true, writable: true, value });
  };
  for (const name of AGENT_METHODS.keys()) {
    const current = (): unknown => asRecord(prototype)?.[name];
    define(name, traceMethod(prototype, name, current(), { ...origin, current }));
  }
  const prepareCall = preparesCalls(sdkPrototypeOf(prototype)) && asRecord(prototype)?.prepareCall;
  if (isFunction(prepareCall)) define("prepareCall", tracePrepareCall(prepareCall));
  return rememberOriginal(Traced, original);
}

/** What stands in for one agent, whatever its class. */
export function traceAgent<T extends object>(agent: T, tracing: Tracing): T {
  const isTraced = originalOf(agent) !== agent || contain("agent", () => isOfTracedClass(agent));
  if (isTraced) return agent;
  const traced: TraceMethod = (name, own) => traceMethod(agent, name, own, { namespace: undefined, tracing });
  return standInFor(agent, {
    replaceMethod: (key, own) => {
      const method = traced(String(key), own);
      return isFunction(method) && method !== own ? method : undefined;
    },
    around: (work, method) => callingTraced(agent, traced, work, method),
  });
}

type TraceMethod = (name: string, own: unknown) => unknown;

/**
 * @param holder who has the method
 * @returns any other value as it is
 */
function traceMethod(
  holder: object,
  name: string,
  original: unknown,
  origin: AgentOrigin & Pick<TracedFunction, "current">,
): unknown {
  const kind = AGENT_METHODS.get(name);
  if (!isFunction(original) || !kind) return original;
  const insideAgent = contain("agent", () => insideOf(holder, name, original)) ?? insideForeign;
  return traceFunction({ ...origin, original, kind, insideAgent });
}

function insideOf(holder: object, name: string, method: UnknownFunction): InsideAgent {
  const sdkPrototype = sdkPrototypeOf(holder);
  if (!sdkPrototype) return insideForeign;
  const isOfSDK = isSDKs(holder, name, method);
  if (preparesCalls(sdkPrototype)) return insidePreparing(isOfSDK);
  return isOfSDK ? insideSpreading : insideOverriding;
}

/** An agent of another make: nothing is known of what it does with its settings. */
const insideForeign: InsideAgent = (_run, _agent, args, work) => {
  warnOnce("an agent of a class that is not the SDK's is traced inside only by functions of a wrapped SDK");
  return work(args);
};

/** v5, the SDK's method: it spreads its settings, and after them the parameters of the call. */
const insideSpreading: InsideAgent = (run, agent, args, work) => {
  const parameters = contain("parameters", () =>
    tracedParameters(spreadTogether(asRecord(agent)?.settings, args[0]), run),
  );
  return work(parameters ? [parameters, ...args.slice(1)] : args);
};

/** v5, a method of the program's that calls the SDK's: they read the same settings. */
const insideOverriding: InsideAgent = (run, agent, args, work) => {
  run.reportsFinish = run.kind.source !== undefined;
  const show = cached((settings) => (isRecord(settings) ? spreadingTraced(settings, run) : settings));
  const isReplaced = replaceInside(run, agent, "settings", (settings) => show(settings, ""));
  if (!isReplaced) warnOnce("an agent that is frozen, with methods of its own, is not traced inside");
  return enterCall(run, () => work(args));
};

/** v6, v7. */
function insidePreparing(isOfSDK: boolean): InsideAgent {
  return (run, agent, args, work) => {
    const parameters = isOfSDK ? contain("parameters", () => tracedCallParameters(args[0], run)) : undefined;
    const given = parameters ? [parameters, ...args.slice(1)] : args;
    run.reportsFinish = run.kind.source !== undefined && (!isOfSDK || isTransformed(parameters, run));
    // The method of a traced class knows the run, unless a subclass overrides it.
    const prepareCall = contain("agent", () => asRecord(agent)?.prepareCall);
    run.preparesByClass = originalOf(prepareCall) !== prepareCall;
    if (run.preparesByClass) return enterCall(run, () => work(given));
    const show = cached((own) => (isFunction(own) ? preparing(own, agent, run, isOfSDK) : own));
    const isReplaced = replaceInside(run, agent, "prepareCall", (own) => show(own, "prepareCall"));
    if (!isReplaced) contain("agent", () => prepareFrozen(run, agent, isOfSDK));
    if (!isOfSDK) restoring(run, rememberAsked(agent, run, args[0]));
    return enterCall(run, () => work(given));
  };
}

/** A frozen agent may have settings that are not. The method of a traced class is called by `super`, else. */
function prepareFrozen(run: WrappedRun, agent: object, isOnce: boolean): void {
  const { settings } = asRecord(agent) ?? {};
  run.preparesByClass = isOfTracedClass(agent);
  if (run.preparesByClass || !isRecord(settings)) return;
  const show = cached((own) =>
    preparing(
      function (this: unknown, call: unknown): unknown {
        // The SDK has spread the settings.
        contain("agent", () => {
          if (isRecord(call) && call.prepareCall === show(own, "")) Reflect.set(call, "prepareCall", own);
        });
        return isFunction(own)
          ? mapResult(Reflect.apply(own, this, [call]), (prepared) => prepared ?? call)
          : call;
      },
      agent,
      run,
      isOnce,
    ),
  );
  const isReplaced = replaceInside(run, settings, "prepareCall", (own) => show(own, ""));
  if (!isReplaced) warnOnce("an agent that is frozen with its settings is not traced inside");
}

/** Replaces a property until the run restores it. */
function replaceInside(
  run: WrappedRun,
  owner: object,
  key: string,
  replace: (own: unknown) => unknown,
): boolean {
  const restore = contain("agent", () => replaceDuring(owner, key, run, replace, restoreOriginals));
  if (!restore) return false;
  restoring(run, restore);
  return true;
}

/** Adds to what the run restores when its method has settled. */
function restoring(run: WrappedRun, restore: () => void): void {
  const before = run.restoreAgent;
  run.restoreAgent = () => {
    run.restoreAgent = undefined;
    before?.();
    restore();
  };
}

/** What a traced class has in place of its method. */
function tracePrepareCall(original: UnknownFunction): UnknownFunction {
  const method = onOriginal(original, (self, args) => {
    const run = contain("agent", currentCall);
    const work = (): unknown => Reflect.apply(original, self, args);
    return run instanceof WrappedRun && run.preparesByClass && isRecord(self)
      ? prepare(run, self, original, work)
      : work();
  });
  return rememberOriginal(method, original);
}

/** What a call reads in place of the agent's `prepareCall`. The SDK's method reads it once. */
function preparing(own: UnknownFunction, agent: object, run: WrappedRun, isOnce: boolean): UnknownFunction {
  const method = onOriginal(own, (self, args) => {
    if (isOnce) contain("agent", () => run.restoreAgent?.());
    const asked = contain("agent", () => runAsked(agent, args[0], run)) ?? run;
    return prepare(asked, agent, own, () => Reflect.apply(own, self, args));
  });
  return rememberOriginal(method, own);
}

/** What a method of an agent replaces, until nobody holds what the method gave. */
interface MethodCall {
  readonly restore: readonly (() => void)[];
}

const collection = observeCollection<Reference<MethodCall>>((call) => restoreAll(call.deref()));

function restoreAll(call: MethodCall | undefined): void {
  for (const restore of call?.restore ?? []) contain("agent", restore);
}

/** Apart from where closures are made that the agent holds, or they would keep the value alive. */
function restoreWhenCollected(value: unknown, call: MethodCall): boolean {
  const isHeld = contain("agent", () => isRecord(value) && collection.register(value, referenceTo(call)));
  return isHeld === true;
}

/**
 * Another method of an agent that calls `this.generate` or `this.stream` calls the traced one (`respond`, v5). What the
 * method gives is handed on untouched, so the end of its work is not known.
 */
function callingTraced(
  agent: object,
  traced: TraceMethod,
  work: () => unknown,
  method: UnknownFunction,
): unknown {
  const restore: (() => void)[] = [];
  const call: MethodCall = { restore };
  for (const name of AGENT_METHODS.keys()) {
    contain("agent", () => {
      if (!isFunction(asRecord(agent)?.[name])) return;
      const show = cached((own) => bindable(traced(name, own)));
      const replaced = replaceDuring(agent, name, call, (own) => show(own, name));
      if (replaced) restore.push(replaced);
    });
  }
  const end = (): void => restoreAll(call);
  const result = enterObserved({ onValue: end, onError: end }, () => enterCall(call, work));
  // The SDK's `respond` has called what it calls.
  const isOver = result === agent || contain("agent", () => isSDKs(agent, "respond", method));
  const isHeld = !isOver && restoreWhenCollected(result, call);
  if (!isHeld) end();
  return result;
}

/** A bound one has an original as well: the agent may keep it. */
function bindable(method: unknown): unknown {
  const original = originalOf(method);
  if (!isFunction(method) || !isFunction(original)) return method;
  const { bind } = {
    bind(this: unknown, ...args: unknown[]): unknown {
      const bound: unknown = Reflect.apply(Function.prototype.bind, this, args);
      return this === proxy
        ? rememberOriginal(bound, Reflect.apply(Function.prototype.bind, original, args))
        : bound;
    },
  };
  const proxy = new Proxy(method, {
    get: (target, key, receiver) => (key === "bind" ? bind : Reflect.get(target, key, receiver)),
  });
  return rememberOriginal(proxy, original);
}
