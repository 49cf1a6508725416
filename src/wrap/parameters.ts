/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models and tools. Callbacks of the caller
 * still get the caller's own model, tools and callbacks. The caller's objects are never changed.
 */
import { isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { wrapModel } from "./model.ts";
import type { RunScope } from "./run-scope.ts";
import { wrapTools } from "./tools.ts";
import { originalOf, standsFor } from "./view.ts";

/** Parameters whose functions are handed a model or the set of tools, with or without `experimental_` (v5 to v7). */
const CALLBACKS = [
  "prepareStep",
  "prepareCall",
  "onStart",
  "onStepStart",
  "repairToolCall",
  "toolApproval",
  "transform",
].flatMap((name) => [name, `experimental_${name}`]);

export function tracedParameters(parameters: unknown, scope: RunScope): object {
  const copy: Record<PropertyKey, unknown> = Object.assign(
    Object.create(Object.getPrototypeOf(parameters)),
    parameters,
  );
  scope.seeSignal(readSignal(copy));
  if (copy.model) copy.model = wrapModel(copy.model, scope);
  if (isRecord(copy.tools)) copy.tools = wrapTools(copy.tools, scope);
  for (const key of CALLBACKS) {
    const callback = copy[key];
    // What it prepares, a step or an agent's call, may have another model or other tools.
    const prepared = (result: unknown): unknown =>
      isRecord(result) ? tracedParameters(result, scope) : result;
    const traced = (given: unknown): unknown => {
      const own = originalOf(given);
      if (!isFunction(own)) return given;
      return standsFor(withOwn(own, key.includes("prepare") ? prepared : undefined), own);
    };
    if (callback) copy[key] = Array.isArray(callback) ? callback.map(traced) : traced(callback);
  }
  if (scope.kind.isChecked) copy.onFinish = scope.hearFinish(copy.onFinish);
  return copy;
}

/** The callback, given what is the caller's own; `change` has a look at what it returns. */
function withOwn(callback: UnknownFunction, change?: (result: unknown) => unknown): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    let own = event;
    for (const name of ["model", "tools", ...CALLBACKS]) {
      const value = isRecord(event) ? event[name] : undefined;
      const original = originalOf(value);
      if (original !== value) own = { ...(own as object), [name]: original };
    }
    const result = callback.call(this, own, ...rest);
    if (!change) return result;
    return result instanceof Promise ? result.then(change) : change(result);
  };
}
