/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models and tools. Callbacks of the caller
 * still get the caller's own model and tools. The caller's objects are never changed.
 */
import { isFunction, isRecord, asRecord, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { ModelProxies, resolveModel } from "./model.ts";
import type { RunScope } from "./run-scope.ts";
import { wrapTools } from "./tools.ts";

/** Parameters that may choose another model for a step (`experimental_prepareStep`: v5). */
const STEP_CALLBACKS = ["prepareStep", "experimental_prepareStep"];

/** Parameters whose functions are handed the set of tools (v5 to v7). */
const TOOLS_CALLBACKS = [
  "experimental_onStart",
  "experimental_onStepStart",
  "experimental_repairToolCall",
  "experimental_transform",
  "onStart",
  "onStepStart",
  "repairToolCall",
  "toolApproval",
];

export function tracedParameters(parameters: unknown, scope: RunScope, namespace: object): object {
  const copy: Record<PropertyKey, unknown> = Object.assign(Object.create(Object.getPrototypeOf(parameters)), parameters);
  scope.seeSignal(readSignal(copy));
  const models = new ModelProxies(scope);
  const model = models.wrap(resolveModel(copy.model, namespace));
  if (model !== undefined) copy.model = model;
  for (const name of STEP_CALLBACKS) {
    const callback = copy[name];
    if (isFunction(callback)) copy[name] = prepareStep(callback, models, namespace);
  }
  const tools = copy.tools;
  if (!isRecord(tools)) return copy;
  const traced = wrapTools(tools, scope);
  copy.tools = traced;
  const restore: Restore = (value) => (value === traced ? tools : value);
  for (const name of TOOLS_CALLBACKS) {
    const callback = copy[name];
    if (isFunction(callback)) copy[name] = withOwnTools(callback, restore);
    else if (Array.isArray(callback)) {
      copy[name] = callback.map((entry: unknown) => (isFunction(entry) ? withOwnTools(entry, restore) : entry));
    }
  }
  return copy;
}

function prepareStep(callback: UnknownFunction, models: ModelProxies, namespace: object): UnknownFunction {
  const traceModel = (settings: unknown): unknown => {
    const chosen = asRecord(settings)?.model;
    if (!isRecord(settings) || chosen === undefined || chosen === null) return settings;
    const model = models.wrap(resolveModel(chosen, namespace));
    return model === undefined ? settings : { ...settings, model };
  };
  return function (this: unknown, step: unknown, ...rest: unknown[]) {
    const own = isRecord(step) ? { ...step, model: models.unwrap(step.model) } : step;
    const settings = callback.call(this, own, ...rest);
    return settings instanceof Promise ? settings.then(traceModel) : traceModel(settings);
  };
}

type Restore = (tools: unknown) => unknown;

function withOwnTools(callback: UnknownFunction, restore: Restore): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    const own = isRecord(event) && "tools" in event ? { ...event, tools: restore(event.tools) } : event;
    return callback.call(this, own, ...rest);
  };
}
