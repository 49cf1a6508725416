/**
 * The parameters the SDK gets in place of the caller's: a view with traced models and tools. Callbacks of the caller
 * still get the caller's own model and tools. The caller's objects are never changed.
 */
import { contain } from "../guard.ts";
import { isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { wrapModel } from "./model.ts";
import type { RunScope } from "./run-scope.ts";
import { wrapTools } from "./tools.ts";
import { originalOf, viewOf } from "./view.ts";

/** Parameters whose functions are handed a model or the set of tools (v5 to v7). */
const CALLBACKS =
  /^(experimental_)?(prepareStep|onStart|onStepStart|onStepError|repairToolCall|toolApproval|transform)$/;

export function tracedParameters(parameters: object, scope: RunScope, namespace: object): object {
  scope.seeSignal(readSignal(parameters));
  /** A step's settings may choose another model for it. */
  const withModel = (settings: unknown): unknown =>
    isRecord(settings) && settings.model
      ? { ...settings, model: wrapModel(settings.model, scope, namespace) }
      : settings;
  const trace = (value: unknown, key: string): unknown => {
    if (key === "model") return wrapModel(value, scope, namespace);
    if (key === "tools") return isRecord(value) ? wrapTools(value, scope) : value;
    if (!CALLBACKS.test(key)) return value;
    const traced = (callback: unknown): unknown =>
      isFunction(callback)
        ? withOwn(callback, key.endsWith("prepareStep") ? withModel : undefined)
        : callback;
    return Array.isArray(value) ? value.map(traced) : traced(value);
  };
  return viewOf<object>(
    parameters,
    (value, key) => contain("parameters", () => trace(value, String(key))) ?? value,
  );
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
