/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models and tools. Callbacks of the caller
 * still get the caller's own model and tools. The caller's objects are never changed.
 */
import { isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { wrapModel } from "./model.ts";
import type { RunScope } from "./run-scope.ts";
import { seeRepair, seeToolCalls } from "./tool-callbacks.ts";
import { wrapTools } from "./tools.ts";
import { originalOf } from "./view.ts";

/** Parameters whose functions are handed a model or the set of tools, with or without `experimental_` (v5 to v7). */
const CALLBACKS = ["prepareStep", "onStart", "onStepStart", "repairToolCall", "toolApproval", "transform"];

export function tracedParameters(parameters: unknown, scope: RunScope, namespace: object): object {
  const copy: Record<PropertyKey, unknown> = Object.assign(
    Object.create(Object.getPrototypeOf(parameters)),
    parameters,
  );
  scope.seeSignal(readSignal(copy));
  copy.model = wrapModel(copy.model, scope, namespace);
  if (isRecord(copy.tools)) copy.tools = wrapTools(copy.tools, scope);
  seeToolCalls(copy, scope.toolCalls);
  /** A step's settings may choose another model for it. */
  const withModel = (settings: unknown): unknown =>
    isRecord(settings) && settings.model
      ? { ...settings, model: wrapModel(settings.model, scope, namespace) }
      : settings;
  const changes: Record<string, ((result: unknown) => unknown) | undefined> = {
    prepareStep: withModel,
    repairToolCall(call) {
      seeRepair(call, scope.toolCalls);
      return call;
    },
  };
  for (const name of CALLBACKS) {
    const traced = (callback: unknown): unknown =>
      isFunction(callback) ? withOwn(callback, changes[name]) : callback;
    for (const key of [name, `experimental_${name}`]) {
      const callback = copy[key];
      if (callback) copy[key] = Array.isArray(callback) ? callback.map(traced) : traced(callback);
    }
  }
  return copy;
}

/** The callback, given the caller's own model and tools; `change` has a look at what it returns. */
function withOwn(callback: UnknownFunction, change?: (result: unknown) => unknown): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    let own = event;
    for (const name of ["model", "tools"]) {
      const value = isRecord(event) ? event[name] : undefined;
      const original = originalOf(value);
      if (original !== value) own = { ...(own as object), [name]: original };
    }
    const result = callback.call(this, own, ...rest);
    if (!change) return result;
    return result instanceof Promise ? result.then(change) : change(result);
  };
}
