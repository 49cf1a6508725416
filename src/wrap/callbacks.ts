/**
 * Callbacks of the caller's that the SDK hands a model or the set of tools: they get the caller's own in the place of our
 * views. It is put into the SDK's own event, for others may share it.
 */
import { contain } from "../containment.ts";
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../readers/structure.ts";
import { observeResult } from "../runs/traced-work.ts";
import { CHANGED } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { originalOf } from "./view.ts";

/** What the SDK gets in place of a parameter's value. */
export type Change = (value: unknown, scope: WrappedRun) => unknown;

/** What a run hears of a callback. */
export interface Hearing {
  /** Before it is called. */
  readonly sees?: (event: unknown, scope: WrappedRun) => void;
  /** What it returned. */
  readonly hears?: (result: unknown, scope: WrappedRun, event: unknown) => void;
  /**
   * Gives what the SDK gets in place of what it returned.
   *
   * @param model the one in the event, as the SDK has it
   */
  readonly answers?: (result: unknown, scope: WrappedRun, event: unknown, model: unknown) => unknown;
}

/** Stands for a callback, or another parameter, that the caller did not give. */
export function notGiven(): void {}

/** A callback, or a list of them, that sees the caller's own. */
export function showsOwn(hearing: Hearing = {}): Change {
  return (given, scope) => {
    const shown = (callback: unknown): unknown =>
      isFunction(callback) ? withOwn(callback, scope, hearing) : callback;
    return Array.isArray(given) ? given.map(shown) : shown(given);
  };
}

function withOwn(
  callback: UnknownFunction,
  scope: WrappedRun,
  { sees, hears, answers }: Hearing,
): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    const model = asRecord(event)?.model;
    if (isRecord(event)) contain("event", () => showOwn(event));
    if (sees) contain("event", () => sees(event, scope));
    const result = callback.call(originalOf(this), event, ...rest);
    if (answers) {
      const answer = (value: unknown): unknown => answers(value, scope, event, model);
      return isFunction(asRecord(result)?.then) ? Promise.resolve(result).then(answer) : answer(result);
    }
    if (!hears) return result;
    return observeResult(result, { onValue: (value) => hears(value, scope, event), onError() {} }, true);
  };
}

function showOwn(event: object): void {
  for (const name of Object.keys(event)) {
    if (!CHANGED.has(name)) continue;
    const value = asRecord(event)?.[name];
    const own = name === "tools" ? ownTools(value) : originalOf(value);
    if (own === notGiven) Reflect.deleteProperty(event, name);
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
