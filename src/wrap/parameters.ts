/**
 * The parameters the SDK gets in place of the caller's: a copy with traced models and tools. Callbacks of the caller
 * still get the caller's own model, tools and callbacks. The caller's objects are never changed.
 */
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { isAdapter } from "../runs/adapter-brand.ts";
import { wrapModel } from "./model.ts";
import type { RunScope } from "./run-scope.ts";
import { seeRepair, seeToolCalls } from "./tool-callbacks.ts";
import { wrapTools } from "./tools.ts";
import { originalOf, overlayOf, standsFor } from "./view.ts";

/** Parameters whose functions are handed a model or the set of tools, with or without `experimental_` (v5 to v7). */
const CALLBACKS = [
  "prepareStep",
  "prepareCall",
  "onStart",
  "onStepStart",
  "onStepError",
  "repairToolCall",
  "toolApproval",
  "transform",
].flatMap((name) => [name, `experimental_${name}`]);

/** What an event may show that is a view of ours. */
const OWN = ["model", "tools", ...CALLBACKS];

export function tracedParameters(parameters: object, scope: RunScope): object {
  const copy = copyOf(parameters);
  scope.seeSignal(readSignal(copy));
  // A call of an agent may leave both to the agent's settings.
  if (copy.model || copy.telemetry) leaveOutAdapters(copy);
  if (copy.model) copy.model = wrapModel(copy.model, scope);
  if (isRecord(copy.tools)) copy.tools = wrapTools(copy.tools, scope);
  seeToolCalls(copy, scope.toolCalls);
  // What it prepares, a step or an agent's call, may have another model or other tools.
  const prepared = (result: unknown): unknown =>
    isRecord(result) ? tracedParameters(result, scope) : result;
  const repaired = (call: unknown): unknown => {
    seeRepair(call, scope.toolCalls);
    return call;
  };
  for (const key of CALLBACKS) {
    const given = copy[key];
    if (!given) continue;
    const change = key.endsWith("repairToolCall") ? repaired : key.includes("prepare") ? prepared : undefined;
    const traced = (callback: unknown): unknown => {
      const own = originalOf(callback);
      return isFunction(own) ? standsFor(withOwn(own, change), own) : callback;
    };
    copy[key] = Array.isArray(given) ? given.map(traced) : traced(given);
  }
  if (scope.kind.isChecked) copy.onFinish = scope.hearFinish(copy.onFinish);
  return copy;
}

/** A literal, which nearly all are, is copied much faster than it is stood in for. */
function copyOf(parameters: object): Record<PropertyKey, unknown> {
  const copy: Record<PropertyKey, unknown> = { ...parameters };
  const given = asRecord(parameters);
  // Others may keep what the SDK reads on a prototype, not enumerable, or behind a Proxy.
  return Object.getPrototypeOf(parameters) === Object.prototype &&
    copy.model === given?.model &&
    copy.tools === given?.tools
    ? copy
    : overlayOf(parameters);
}

/** A call that is wrapped is traced once: our own adapters (v7) are left out of its integrations. */
function leaveOutAdapters(copy: Record<PropertyKey, unknown>): void {
  const telemetry = asRecord(copy.telemetry ?? copy.experimental_telemetry);
  const integrations = telemetry?.integrations ?? asRecord(globalThis)?.AI_SDK_TELEMETRY_INTEGRATIONS;
  const all: unknown[] = Array.isArray(integrations) ? integrations : [integrations];
  if (!all.some(isAdapter)) return;
  copy.telemetry = { ...telemetry, integrations: all.filter((integration) => !isAdapter(integration)) };
}

/** The callback, given what is the caller's own; `change` has a look at what it returns. */
function withOwn(callback: UnknownFunction, change?: (result: unknown) => unknown): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    let own = event;
    for (const name of OWN) {
      const value = isRecord(event) ? event[name] : undefined;
      const original = originalOf(value);
      if (original !== value) own = { ...(own as object), [name]: original };
    }
    const result = callback.call(this, own, ...rest);
    if (!change) return result;
    return result instanceof Promise ? result.then(change) : change(result);
  };
}
