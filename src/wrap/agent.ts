/**
 * Wraps agents. Their `generate` and `stream` open one run for the SDK function that they call inside. Methods run on the
 * agent itself and read its settings. The traced parameters replace those of the call that the SDK's class prepares from
 * the settings (docs/why/decisions/2026-11-29-agents-keep-their-identity.md).
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  type Constructor,
  type UnknownFunction,
} from "../foundation/structure.ts";
import { enterObserved, mapResult } from "../spans/traced-work.ts";
import type { Tracing } from "../spans/tracing.ts";
import { referenceTo, observeCollection, type Reference } from "../foundation/weak-ref.ts";
import { rememberPrompt, runWithPrompt } from "./asked.ts";
import { currentCall, enterCall, replaceDuring } from "./lens.ts";
import { traceFunction, type InsideAgent, type TracedFunction } from "./operation.ts";
import { AGENT_METHODS } from "./operations.ts";
import { tracedParameters, isTransformed, tracedCallParameters } from "./parameters.ts";
import { prepare } from "./prepared-call.ts";
import { isOfTracedClass, isMethodOfSDK, preparesCalls, sdkPrototypeOf } from "./sdk-class.ts";
import { restoreOriginals, traceOnSpread, mergeSettings } from "./spread-settings.ts";
import { wrapObject } from "./stand-in.ts";
import {
  cached,
  isReplaceable,
  markReplaceable,
  onOriginal,
  originalOf,
  rememberOriginal,
  untraced,
} from "./view.ts";
import { WrappedRun } from "./wrapped-run.ts";

/** The namespace of an agent's class, and where its spans go. */
export type AgentOrigin = Pick<TracedFunction, "namespace" | "tracing" | "isInstrumentation">;

/** Wraps an agent class in a subclass. A class that extends it reaches the traced methods by `super`. */
export function wrapAgentClass(agentClass: Constructor, origin: AgentOrigin): Constructor {
  const { isInstrumentation = false } = origin;
  const original = untraced(agentClass, isInstrumentation);
  if (!original) return agentClass;
  const Traced = class extends original {
    /** An instance of the SDK's class is an instance of this class too. */
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
    define(name, wrapMethod(prototype, name, current(), { ...origin, current }));
  }
  const prepareCall = preparesCalls(sdkPrototypeOf(prototype)) && asRecord(prototype)?.prepareCall;
  if (isFunction(prepareCall)) define("prepareCall", wrapPrepareCall(prepareCall));
  rememberOriginal(Traced, original);
  return isInstrumentation ? markReplaceable(Traced) : Traced;
}

/** The methods `prepareCall` that this copy of ai-spans has put into traced classes. */
const preparing = new WeakSet<object>();

/**
 * Wraps one agent of any class. An agent that the program has wrapped already, or whose class it has, is returned unchanged.
 * A class of an instrumentation does not count, because the program's wrapper has options of its own.
 */
export function wrapAgentObject<T extends object>(agent: T, tracing: Tracing): T {
  const isTraced = originalOf(agent) !== agent || contain("agent", () => isOfTracedClass(agent, isOfProgram));
  if (isTraced) return agent;
  const wrap: WrapMethod = (name, method) =>
    wrapMethod(agent, name, method, { namespace: undefined, tracing });
  return wrapObject(agent, {
    replaceMethod: (key, method) => {
      const wrapped = wrap(String(key), method);
      return isFunction(wrapped) && wrapped !== method ? wrapped : undefined;
    },
    around: (work, method) => callTraced(agent, wrap, work, method),
  });
}

const isOfProgram = (agentClass: object): boolean => !isReplaceable(agentClass);

type WrapMethod = (name: string, method: unknown) => unknown;

/**
 * @param holder has the method: an agent or the prototype of its class
 * @returns the traced method; a value that is no `generate` or `stream` method unchanged
 */
function wrapMethod(
  holder: object,
  name: string,
  original: unknown,
  origin: AgentOrigin & Pick<TracedFunction, "current">,
): unknown {
  const kind = AGENT_METHODS.get(name);
  if (!isFunction(original) || !kind) return original;
  const insideAgent = contain("agent", () => insideOf(holder, name, originalOf(original))) ?? insideForeign;
  return traceFunction({ ...origin, original, kind, insideAgent });
}

function insideOf(holder: object, name: string, method: unknown): InsideAgent {
  const sdkPrototype = sdkPrototypeOf(holder);
  if (!sdkPrototype) return insideForeign;
  const isOfSDK = isMethodOfSDK(holder, name, method);
  if (preparesCalls(sdkPrototype)) return insidePreparing(isOfSDK);
  return isOfSDK ? insideSpreading : insideOverriding;
}

/** For an agent that does not extend the SDK's class: we do not know how it uses its settings. */
const insideForeign: InsideAgent = (_run, _agent, args, work) => {
  warnOnce("an agent of a class that is not the SDK's is traced inside only by functions of a wrapped SDK");
  return work(args);
};

/** For the SDK's method (v5): it spreads the agent's settings, then the parameters of the call. */
const insideSpreading: InsideAgent = (run, agent, args, work) => {
  const parameters = contain("parameters", () =>
    tracedParameters(mergeSettings(asRecord(agent)?.settings, args[0]), run),
  );
  return work(parameters ? [parameters, ...args.slice(1)] : args);
};

/** For a program's method that calls the SDK's method (v5): both read the same settings. */
const insideOverriding: InsideAgent = (run, agent, args, work) => {
  run.reportsFinish = run.kind.source !== undefined;
  const replace = cached((settings) => (isRecord(settings) ? traceOnSpread(settings, run) : settings));
  const isReplaced = replaceInside(run, agent, "settings", (settings) => replace(settings, ""));
  if (!isReplaced) warnOnce("an agent that is frozen and overrides the SDK's methods is not traced inside");
  return enterCall(run, () => work(args));
};

/** For an agent that prepares its calls (v6, v7). */
function insidePreparing(isOfSDK: boolean): InsideAgent {
  return (run, agent, args, work) => {
    const parameters = isOfSDK ? contain("parameters", () => tracedCallParameters(args[0], run)) : undefined;
    const inner = parameters ? [parameters, ...args.slice(1)] : args;
    run.reportsFinish = run.kind.source !== undefined && (!isOfSDK || isTransformed(parameters, run));
    // A traced class prepares the call for the run itself, unless a subclass overrides `prepareCall`.
    const prepareCall = contain("agent", () => asRecord(agent)?.prepareCall);
    run.preparesByClass = isFunction(prepareCall) && preparing.has(prepareCall);
    if (run.preparesByClass) return enterCall(run, () => work(inner));
    const replace = cached((method) =>
      isFunction(method) ? replacePrepareCall(method, agent, run, isOfSDK) : method,
    );
    const isReplaced = replaceInside(run, agent, "prepareCall", (method) => replace(method, "prepareCall"));
    if (!isReplaced) contain("agent", () => prepareFrozen(run, agent, isOfSDK));
    if (!isOfSDK) restoreAtEnd(run, rememberPrompt(agent, run, args[0]));
    return enterCall(run, () => work(inner));
  };
}

/**
 * For a frozen agent: replaces `prepareCall` in its settings, which may not be frozen. A subclass of a traced class needs
 * no replacement, because its method reaches the traced one by `super`.
 */
function prepareFrozen(run: WrappedRun, agent: object, isOnce: boolean): void {
  const { settings } = asRecord(agent) ?? {};
  run.preparesByClass = isOfTracedClass(agent);
  if (run.preparesByClass || !isRecord(settings)) return;
  const replace = cached((original) =>
    replacePrepareCall(
      function (this: unknown, call: unknown): unknown {
        // The SDK has spread the settings, with the replaced callback among them.
        contain("agent", () => {
          if (isRecord(call) && call.prepareCall === replace(original, ""))
            Reflect.set(call, "prepareCall", original);
        });
        return isFunction(original)
          ? mapResult(Reflect.apply(original, this, [call]), (prepared) => prepared ?? call)
          : call;
      },
      agent,
      run,
      isOnce,
    ),
  );
  const isReplaced = replaceInside(run, settings, "prepareCall", (original) => replace(original, ""));
  if (!isReplaced) warnOnce("an agent that is frozen with its settings is not traced inside");
}

/** Replaces a property until the run restores it. */
function replaceInside(
  run: WrappedRun,
  owner: object,
  key: string,
  replace: (value: unknown) => unknown,
): boolean {
  const restore = contain("agent", () => replaceDuring(owner, key, run, replace, restoreOriginals));
  if (!restore) return false;
  restoreAtEnd(run, restore);
  return true;
}

/** The run restores the property when its method has settled. */
function restoreAtEnd(run: WrappedRun, restore: () => void): void {
  const before = run.restoreAgent;
  run.restoreAgent = () => {
    run.restoreAgent = undefined;
    before?.();
    restore();
  };
}

/** @returns the method that replaces `prepareCall` of a traced class */
function wrapPrepareCall(original: UnknownFunction): UnknownFunction {
  const method = onOriginal(original, (self, args) => {
    const run = contain("agent", currentCall);
    const work = (): unknown => Reflect.apply(original, self, args);
    return run instanceof WrappedRun && run.preparesByClass && isRecord(self)
      ? prepare(run, self, original, work)
      : work();
  });
  preparing.add(method);
  return rememberOriginal(method, original);
}

/**
 * @param isOnce whether the call reads `prepareCall` once, as the SDK's method does
 * @returns the function that a call reads in place of the agent's `prepareCall`
 */
function replacePrepareCall(
  original: UnknownFunction,
  agent: object,
  run: WrappedRun,
  isOnce: boolean,
): UnknownFunction {
  const method = onOriginal(original, (self, args) => {
    if (isOnce) contain("agent", () => run.restoreAgent?.());
    const askedRun = contain("agent", () => runWithPrompt(agent, args[0], run)) ?? run;
    return prepare(askedRun, agent, original, () => Reflect.apply(original, self, args));
  });
  return rememberOriginal(method, original);
}

/** A call of another method of an agent. Its replacements are restored when its result has been collected. */
interface MethodCall {
  readonly restore: readonly (() => void)[];
}

const collection = observeCollection<Reference<MethodCall>>((call) => restoreAll(call.deref()));

function restoreAll(call: MethodCall | undefined): void {
  for (const restore of call?.restore ?? []) contain("agent", restore);
}

/**
 * A function at the top level, because the agent holds the closures of `callTraced`: a closure there would keep `value`
 * alive.
 */
function restoreWhenCollected(value: unknown, call: MethodCall): boolean {
  const isHeld = contain("agent", () => isRecord(value) && collection.register(value, referenceTo(call)));
  return isHeld === true;
}

/**
 * Calls another method of an agent, such as `respond` (v5), so that its `this.generate` and `this.stream` are the traced
 * methods. The result is returned unchanged, so we do not know when its work ends.
 */
function callTraced(agent: object, wrap: WrapMethod, work: () => unknown, method: UnknownFunction): unknown {
  const restore: (() => void)[] = [];
  const call: MethodCall = { restore };
  for (const name of AGENT_METHODS.keys()) {
    contain("agent", () => {
      if (!isFunction(asRecord(agent)?.[name])) return;
      const replace = cached((current) => bindable(wrap(name, current)));
      const restoreMethod = replaceDuring(agent, name, call, (current) => replace(current, name));
      if (restoreMethod) restore.push(restoreMethod);
    });
  }
  const end = (): void => restoreAll(call);
  const result = enterObserved({ onValue: end, onError: end }, () => enterCall(call, work));
  // The SDK's `respond` makes its call before it returns.
  const isDone = result === agent || contain("agent", () => isMethodOfSDK(agent, "respond", method));
  const isHeld = !isDone && restoreWhenCollected(result, call);
  if (!isHeld) end();
  return result;
}

/** A traced method whose `bind` gives a function with an original, because the agent may assign the bound function. */
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
