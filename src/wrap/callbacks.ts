/**
 * Wraps callbacks of the caller that get a model or the set of tools. Before such a callback runs, the event's proxies are
 * replaced by the caller's originals. The SDK's event itself is changed, because other observers may share it.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../foundation/structure.ts";
import { mapResult, observeResult } from "../runs/traced-work.ts";
import { leaveCall } from "./lens.ts";
import { CHANGED } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { originalOf } from "./view.ts";

/** @returns the value that replaces a parameter's value for the SDK */
export type Change = (value: unknown, run: WrappedRun) => unknown;

/** Observes the calls of a callback. */
export interface CallbackObserver {
  /** Is called before the callback. */
  readonly before?: (event: unknown, run: WrappedRun) => void;
  /** Is called with the callback's result; for a promise with its value. */
  readonly after?: (result: unknown, run: WrappedRun, event: unknown) => void;
  /**
   * Replaces the callback's result for the SDK.
   *
   * @param model the event's model before the original replaced it
   */
  readonly replaceResult?: (result: unknown, run: WrappedRun, event: unknown, model: unknown) => unknown;
}

/** The original of a callback, or another parameter, that the caller did not pass. */
export function placeholder(): void {}

/** Wraps a callback, or a list of callbacks, so that its events have the caller's originals. */
export function restoringOriginals(observer: CallbackObserver = {}): Change {
  return (value, run) => {
    const restoring = (callback: unknown): unknown =>
      isFunction(callback) ? observeCallback(callback, run, observer) : callback;
    return Array.isArray(value) ? value.map(restoring) : restoring(value);
  };
}

function observeCallback(
  callback: UnknownFunction,
  run: WrappedRun,
  { before, after, replaceResult }: CallbackObserver,
): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    const model = replaceResult && contain("event", () => asRecord(event)?.model);
    if (isRecord(event)) contain("event", () => restoreOriginals(event));
    if (before) contain("event", () => before(event, run));
    const work = (): unknown => callback.call(originalOf(this), event, ...rest);
    const result = run.restoreAgent ? leaveCall(work) : work();
    if (replaceResult) return mapResult(result, (value) => replaceResult(value, run, event, model));
    if (!after) return result;
    return observeResult(result, { onValue: (value) => after(value, run, event), onError() {} }, true);
  };
}

function restoreOriginals(event: object): void {
  for (const name of Object.keys(event)) {
    if (!CHANGED.has(name)) continue;
    const value = asRecord(event)?.[name];
    const original = name === "tools" ? originalTools(value) : originalOf(value);
    if (original === placeholder) Reflect.deleteProperty(event, name);
    else if (original !== value) Reflect.set(event, name, original);
  }
}

/** The caller's set of tools. The SDK may have copied some of its tools to a new set, whose tools are restored one by one. */
function originalTools(tools: unknown): unknown {
  const original = originalOf(tools);
  if (original !== tools || !isRecord(tools)) return original;
  const entries = Object.entries(tools);
  return entries.some(([, tool]) => originalOf(tool) !== tool)
    ? Object.fromEntries(entries.map(([name, tool]) => [name, originalOf(tool)]))
    : tools;
}
