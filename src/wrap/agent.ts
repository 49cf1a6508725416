/**
 * Wraps agents. A call of an agent's `generate` or `stream` opens one run, which includes the SDK function that the
 * method calls. The methods run on the agent itself and read its settings. The SDK's class prepares the call of that
 * function from the settings. The traced parameters replace the parameters of the prepared call
 * (docs/why/decisions/2026-11-29-agents-keep-their-identity.md).
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
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
import { rememberPrompt, runWithPrompt } from "./run-by-prompt.ts";
import { currentCall, enterCall, replaceDuring } from "./replaced-property.ts";
import { traceFunction, type CallAgent, type TracedFunction } from "./operation.ts";
import { AGENT_METHODS } from "./operations.ts";
import { wrapParameters, isTransformed, tracedCallParameters } from "./parameters.ts";
import { prepare } from "./prepared-call.ts";
import { isOfTracedClass, isMethodOfSDK, preparesCalls, sdkPrototypeOf } from "./sdk-class.ts";
import { restoreOriginals, traceOnSpread, mergeSettings } from "./spread-settings.ts";
import { wrapObject } from "./wrapped-object.ts";
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

/** The SDK's module that an agent's class belongs to, and where the spans go. */
export type AgentTracing = Pick<TracedFunction, "sdkModule" | "tracing" | "isInstrumentation">;

/**
 * Wraps an agent class in a subclass. A program's class that extends the subclass calls the traced methods by `super`.
 */
export function wrapAgentClass(agentClass: Constructor, origin: AgentTracing): Constructor {
  const { isInstrumentation = false } = origin;
  const original = untraced(agentClass, isInstrumentation);
  if (!original) return agentClass;
  const Traced = class extends original {
    /** Instances of the SDK's class count as instances of this subclass too. */
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

/**
 * From the `prepareCall` methods of traced classes to the copy of ai-spans that traces the class. All copies share the map.
 */
const preparing = sharedState("prepare-calls.v1", WeakMap<object, object>);
const thisCopy = {};

/**
 * Wraps one agent of any class. An agent that the program has wrapped already, or whose class it has, is returned unchanged.
 * A class of an instrumentation does not count, because the program's wrapper has options of its own.
 */
export function wrapAgentObject<T extends object>(agent: T, tracing: Tracing): T {
  const isTraced = originalOf(agent) !== agent || contain("agent", () => isOfTracedClass(agent, isOfProgram));
  if (isTraced) return agent;
  const wrap: WrapMethod = (name, method) =>
    wrapMethod(agent, name, method, { sdkModule: undefined, tracing });
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
 * @param holder the object that has the method: an agent, or the prototype of its class
 * @returns the traced method; any value that is no `generate` or `stream` method is returned unchanged
 */
function wrapMethod(
  holder: object,
  name: string,
  original: unknown,
  origin: AgentTracing & Pick<TracedFunction, "current">,
): unknown {
  const kind = AGENT_METHODS.get(name);
  if (!isFunction(original) || !kind) return original;
  const callAgent =
    contain("agent", () => agentCallOf(holder, name, originalOf(original))) ?? callUnknownAgent;
  return traceFunction({ ...origin, original, kind, callAgent });
}

function agentCallOf(holder: object, name: string, method: unknown): CallAgent {
  const sdkPrototype = sdkPrototypeOf(holder);
  if (!sdkPrototype) return callUnknownAgent;
  const isOfSDK = isMethodOfSDK(holder, name, method);
  if (preparesCalls(sdkPrototype)) return callPreparingAgent(isOfSDK);
  return isOfSDK ? callSpreadingAgent : callOverridingAgent;
}

/**
 * For an agent that does not extend the SDK's class. We do not know how it uses its settings, so nothing is replaced.
 */
const callUnknownAgent: CallAgent = (_run, _agent, args, work) => {
  warnOnce("an agent of a class that is not the SDK's is traced inside only by functions of a wrapped SDK");
  return work(args);
};

/**
 * For an agent that has the SDK's method (v5). The method spreads the agent's settings, then the parameters of the
 * call. So the merged parameters are traced and passed to it.
 */
const callSpreadingAgent: CallAgent = (run, agent, args, work) => {
  const parameters = contain("parameters", () =>
    wrapParameters(mergeSettings(asRecord(agent)?.settings, args[0]), run),
  );
  return work(parameters ? [parameters, ...args.slice(1)] : args);
};

/**
 * For an agent whose method overrides the SDK's and calls it (v5). Both methods read the agent's settings, so the
 * settings are replaced.
 */
const callOverridingAgent: CallAgent = (run, agent, args, work) => {
  run.reportsFinish = run.kind.source !== undefined;
  const replace = cached((settings) => (isRecord(settings) ? traceOnSpread(settings, run) : settings));
  const isReplaced = replaceInside(run, agent, "settings", (settings) => replace(settings, ""));
  if (!isReplaced) warnOnce("an agent that is frozen and overrides the SDK's methods is not traced inside");
  return enterCall(run, () => work(args));
};

/** For an agent that prepares its calls (v6, v7). */
function callPreparingAgent(isOfSDK: boolean): CallAgent {
  return (run, agent, args, work) => {
    const parameters = isOfSDK ? contain("parameters", () => tracedCallParameters(args[0], run)) : undefined;
    const inner = parameters ? [parameters, ...args.slice(1)] : args;
    run.reportsFinish = run.kind.source !== undefined && (!isOfSDK || isTransformed(parameters, run));
    // A traced class has a `prepareCall` that traces the prepared call. A subclass that overrides it does not, so it is
    // replaced below.
    const prepareCall = contain("agent", () => asRecord(agent)?.prepareCall);
    run.preparesByClass = isPreparedByUs(prepareCall);
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
 * Replaces `prepareCall` in the settings of a frozen agent, because the settings may not be frozen. A subclass of a
 * traced class needs no replacement. Its `prepareCall` calls the traced one by `super`.
 */
function prepareFrozen(run: WrappedRun, agent: object, isOnce: boolean): void {
  const { settings } = asRecord(agent) ?? {};
  run.preparesByClass = isOfTracedClass(agent);
  if (run.preparesByClass || !isRecord(settings)) return;
  const replace = cached((original) =>
    replacePrepareCall(
      function (this: unknown, call: unknown): unknown {
        // The SDK has spread the settings into the call, including our replacement of `prepareCall`. The original is
        // restored in the call.
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

/**
 * Whether the function is wrapped, and not by a class that another copy of ai-spans traces. Such a class prepares only
 * the calls of its own copy's runs.
 */
function isPreparedByUs(prepareCall: unknown): boolean {
  const isWrapped = isFunction(prepareCall) && originalOf(prepareCall) !== prepareCall;
  return isWrapped && (preparing.get(prepareCall) ?? thisCopy) === thisCopy;
}

/** Replaces a property of the agent, or of its settings, until the run restores it. */
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

/** Adds `restore` to the work of `run.restoreAgent`, which the run calls when the agent's method has settled. */
function restoreAtEnd(run: WrappedRun, restore: () => void): void {
  const before = run.restoreAgent;
  run.restoreAgent = () => {
    run.restoreAgent = undefined;
    before?.();
    restore();
  };
}

/** @returns the `prepareCall` method of a traced class */
function wrapPrepareCall(original: UnknownFunction): UnknownFunction {
  const method = onOriginal(original, (self, args) => {
    const run = contain("agent", currentCall);
    const work = (): unknown => Reflect.apply(original, self, args);
    return run instanceof WrappedRun && run.preparesByClass && isRecord(self)
      ? prepare(run, self, original, work)
      : work();
  });
  preparing.set(method, thisCopy);
  return rememberOriginal(method, original);
}

/**
 * @param isOnce whether the call reads `prepareCall` only once, as the SDK's method does. Then the first call of it
 *   restores the agent.
 * @returns the function that replaces the agent's `prepareCall` for the run
 */
function replacePrepareCall(
  original: UnknownFunction,
  agent: object,
  run: WrappedRun,
  isOnce: boolean,
): UnknownFunction {
  const method = onOriginal(original, (self, args) => {
    if (isOnce) contain("agent", () => run.restoreAgent?.());
    const promptRun = contain("agent", () => runWithPrompt(agent, args[0], run)) ?? run;
    return prepare(promptRun, agent, original, () => Reflect.apply(original, self, args));
  });
  return rememberOriginal(method, original);
}

/**
 * A call of a method other than `generate` and `stream`. Its replacements are restored when its result has been
 * collected.
 */
interface MethodCall {
  readonly restore: readonly (() => void)[];
}

const collection = observeCollection<Reference<MethodCall>>((call) => restoreAll(call.deref()));

function restoreAll(call: MethodCall | undefined): void {
  for (const restore of call?.restore ?? []) contain("agent", restore);
}

/**
 * Restores the replacements when `value` has been collected. It is not a closure in `callTraced`: the agent holds the
 * closures of that function, and they would keep `value` alive.
 */
function restoreWhenCollected(value: unknown, call: MethodCall): boolean {
  const isHeld = contain("agent", () => isRecord(value) && collection.register(value, referenceTo(call)));
  return isHeld === true;
}

/**
 * Calls a method other than `generate` and `stream`, such as `respond` (v5). Inside the call, `this.generate` and
 * `this.stream` are the traced methods. The result is returned unchanged, so we do not know when its work ends.
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
  // The SDK's `respond` calls `this.stream` before it returns.
  const isDone = result === agent || contain("agent", () => isMethodOfSDK(agent, "respond", method));
  const isHeld = !isDone && restoreWhenCollected(result, call);
  if (!isHeld) end();
  return result;
}

/**
 * A traced method that remembers the original of each function that its `bind` returns. The agent may assign such a
 * function, and the original must then be stored.
 */
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
