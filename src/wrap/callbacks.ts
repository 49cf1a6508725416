/**
 * Wraps callbacks of the caller whose event has a model or the set of tools. Before such a callback runs, our proxies
 * in the event are replaced by the caller's originals. We change the SDK's event object and make no copy. The SDK
 * passes the same object to telemetry integrations, and they must not get our proxies either.
 */
import { contain } from "../foundation/containment.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  readProperty,
  type UnknownFunction,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { mapResult, observeResult } from "../spans/traced-work.ts";
import { leaveCall } from "./replaced-property.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { originalOf } from "./view.ts";

/** A copy of the caller's parameters, which is passed to the SDK. */
export type ParametersCopy = Record<PropertyKey, unknown>;

/** The event of a callback such as `prepareStep`, which prepared parameters. */
export interface ParameterSource {
  /**
   * The model in the event of `prepareStep`. The run has wrapped this model already. If the callback returns it, it is
   * not wrapped again.
   */
  readonly model?: unknown;
}

/** Wraps the parameters that a callback of the caller returned, because they may have another model or other tools. */
export type WrapPrepared = (parameters: unknown, run: WrappedRun, source?: ParameterSource) => unknown;

/** @returns the value that the SDK gets for the parameter */
export type ReplaceParameter = (value: unknown, run: WrappedRun, trace: WrapPrepared) => unknown;

/** What to do before and after each call of a callback. */
export interface CallbackObserver {
  /** Called before the callback. */
  readonly before?: (event: unknown, run: WrappedRun) => void;
  /** Called with the callback's result. If the result is a promise, called with its value. */
  readonly after?: (result: unknown, run: WrappedRun, event: unknown) => void;
  /** Set if the callback returns parameters. They are then wrapped. */
  readonly prepares?: Prepares;
}

/**
 * What a callback prepares: one step of the call, or the whole call. If a callback for the whole call returns nothing,
 * the SDK uses the event, which the callback may have changed.
 */
type Prepares = "step" | "call";

/**
 * The function that we pass for a callback that the caller did not pass. It also marks any other parameter that we
 * added: `originalOf` returns it for that parameter.
 */
export function placeholder(): void {}

export function hasCallback(parameters: UnknownRecord | undefined, names: readonly string[]): boolean {
  return names.some((name) => isFunction(readProperty(parameters, name)));
}

/**
 * Wraps a callback, or a list of callbacks. In its events, our proxies are replaced by the caller's originals.
 *
 * @param isParameter whether the property of an event with this name may hold our proxy of a parameter
 */
export function observingCallback(
  isParameter: (name: string) => boolean,
  { before, after, prepares }: CallbackObserver,
): ReplaceParameter {
  const observe = (callback: UnknownFunction, run: WrappedRun, trace: WrapPrepared): UnknownFunction =>
    function (this: unknown, event: unknown, ...rest: unknown[]) {
      const model = prepares === "step" ? contain("event", () => asRecord(event)?.model) : undefined;
      if (isRecord(event)) contain("event", () => restoreOriginals(event, isParameter));
      if (before) contain("event", () => before(event, run));
      const work = (): unknown => callback.call(originalOf(this), event, ...rest);
      const result = run.restoreAgent ? leaveCall(work) : work();
      if (prepares === "step") return mapResult(result, (step) => trace(step, run, { model }));
      if (prepares === "call") return mapResult(result, (call) => trace(call ?? event, run));
      if (!after) return result;
      return observeResult(result, { onValue: (value) => after(value, run, event), onError() {} }, true);
    };
  return (value, run, trace) => {
    const observed = (callback: unknown): unknown =>
      isFunction(callback) ? observe(callback, run, trace) : callback;
    return Array.isArray(value) ? value.map(observed) : observed(value);
  };
}

function restoreOriginals(event: object, isParameter: (name: string) => boolean): void {
  for (const name of Object.keys(event)) {
    if (!isParameter(name)) continue;
    const value = asRecord(event)?.[name];
    const original = name === "tools" ? originalTools(value) : originalOf(value);
    if (original === placeholder) Reflect.deleteProperty(event, name);
    else if (original !== value) Reflect.set(event, name, original);
  }
}

/**
 * The caller's set of tools. If the SDK has copied some of our proxies of tools to a new set, each tool in that set is
 * restored.
 */
function originalTools(tools: unknown): unknown {
  const original = originalOf(tools);
  if (original !== tools || !isRecord(tools)) return original;
  const entries = Object.entries(tools);
  return entries.some(([, tool]) => originalOf(tool) !== tool)
    ? Object.fromEntries(entries.map(([name, tool]) => [name, originalOf(tool)]))
    : tools;
}
