/**
 * Callbacks of the caller's that the SDK passes a model or the set of tools. Before such a callback runs, the event's
 * proxies are replaced by the caller's originals: in the SDK's own event, for others may share it.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../foundation/structure.ts";
import { mapResult, observeResult } from "../runs/traced-work.ts";
import { leaveCall } from "./lens.ts";
import { CHANGED } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { originalOf } from "./view.ts";

/** What the SDK gets in place of a parameter's value. */
export type Change = (value: unknown, run: WrappedRun) => unknown;

/** Who observes a callback. */
export interface CallbackObserver {
  /** Before it is called. */
  readonly before?: (event: unknown, run: WrappedRun) => void;
  /** What it returned. */
  readonly after?: (result: unknown, run: WrappedRun, event: unknown) => void;
  /**
   * Gives what the SDK gets in place of what it returned.
   *
   * @param model the one in the event, as the SDK has it
   */
  readonly replaceResult?: (result: unknown, run: WrappedRun, event: unknown, model: unknown) => unknown;
}

/** Takes the place of a callback, or another parameter, that the caller did not pass. */
export function placeholder(): void {}

/** A callback, or a list of them, that gets the caller's originals. */
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
    const own = name === "tools" ? ownTools(value) : originalOf(value);
    if (own === placeholder) Reflect.deleteProperty(event, name);
    else if (own !== value) Reflect.set(event, name, own);
  }
}

/** The set, or what the SDK has made of some of it. */
function ownTools(tools: unknown): unknown {
  const own = originalOf(tools);
  if (own !== tools || !isRecord(tools)) return own;
  const entries = Object.entries(tools);
  return entries.some(([, tool]) => originalOf(tool) !== tool)
    ? Object.fromEntries(entries.map(([name, tool]) => [name, originalOf(tool)]))
    : tools;
}
