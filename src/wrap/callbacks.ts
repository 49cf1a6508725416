/**
 * Callbacks of the caller's that the SDK hands a model or the set of tools: they get the caller's own in the place of our
 * views. It is put into the SDK's own event, for others may share it.
 */
import { contain } from "../guard.ts";
import { asRecord, isFunction, isRecord, type UnknownFunction } from "../readers/guards.ts";
import { listen } from "../runs/traced-work.ts";
import type { RunScope } from "./run-scope.ts";
import { originalOf } from "./view.ts";

/** What the SDK gets in place of a parameter's value. */
export type Change = (value: unknown, scope: RunScope) => unknown;

export interface Hearing {
  /** Is told what the callback returned. */
  readonly hears?: (result: unknown, scope: RunScope, event: unknown) => void;
  /**
   * Gives what the SDK gets in place of what the callback returned.
   *
   * @param model the one in the event, as the SDK has it
   */
  readonly answers?: (result: unknown, scope: RunScope, event: unknown, model: unknown) => unknown;
}

/** Stands for a callback that the caller did not give, where the SDK is listened to. */
export function noCallback(): void {}

/** A callback, or a list of them, that sees the caller's own. */
export function showsOwn(hearing: Hearing = {}): Change {
  return (given, scope) => {
    const shown = (callback: unknown): unknown =>
      isFunction(callback) ? withOwn(callback, scope, hearing) : callback;
    return Array.isArray(given) ? given.map(shown) : shown(given);
  };
}

function withOwn(callback: UnknownFunction, scope: RunScope, { hears, answers }: Hearing): UnknownFunction {
  return function (this: unknown, event: unknown, ...rest: unknown[]) {
    const model = asRecord(event)?.model;
    if (isRecord(event)) contain("event", () => showOwn(event, scope));
    const result = callback.call(originalOf(this), event, ...rest);
    if (answers) {
      const answer = (value: unknown): unknown => {
        scope.followTools();
        return answers(value, scope, event, model);
      };
      return isFunction(asRecord(result)?.then) ? Promise.resolve(result).then(answer) : answer(result);
    }
    const onEnd = (value?: unknown): void => {
      scope.followTools();
      hears?.(value, scope, event);
    };
    return listen(result, { onValue: onEnd, onError: () => onEnd() }, true);
  };
}

function showOwn(event: object, scope: RunScope): void {
  for (const [name, value] of Object.entries(event)) {
    const own = name === "tools" ? ownTools(value, scope) : originalOf(value);
    if (own === noCallback) Reflect.deleteProperty(event, name);
    else if (own !== value) Reflect.set(event, name, own);
  }
}

/** The set, or what the SDK has made of some of it. */
function ownTools(tools: unknown, scope: RunScope): unknown {
  const own = scope.ownOf(tools);
  if (own !== tools || !isRecord(tools)) return own;
  const entries = Object.entries(tools);
  return entries.some(([, tool]) => scope.ownOf(tool) !== tool)
    ? Object.fromEntries(entries.map(([name, tool]) => [name, scope.ownOf(tool)]))
    : tools;
}
