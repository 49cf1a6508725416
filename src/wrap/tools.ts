/**
 * Stands between the SDK and the tools of one run: each execution runs in its execute_tool span's context, every pull of
 * a generator included. The caller's tools are never changed; the SDK gets views of them that differ in `execute`.
 */
import { contain } from "../guard.ts";
import { asRecord, isAsyncIterable, isFunction, isRecord, stringOf } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import type { Execution } from "../runs/observed-run.ts";
import { enter, listen, type WorkListener } from "../runs/traced-work.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { RunScope } from "./run-scope.ts";
import { onOriginal, originalOf, viewOf } from "./view.ts";

/** The same set of tools, in the same order, each with its execution traced. */
export function wrapTools(tools: object, scope: RunScope): object {
  const views = new Map<PropertyKey, unknown>();
  return viewOf(tools, Object.keys(tools), (tool, name) => {
    let view = views.get(name);
    if (originalOf(view) !== tool) {
      view = contain("tools", () => wrapTool(String(name), tool, scope)) ?? tool;
      views.set(name, view);
    }
    return view;
  });
}

function wrapTool(name: string, tool: unknown, scope: RunScope): unknown {
  const execute = asRecord(tool)?.execute;
  if (!isRecord(tool) || !isFunction(execute)) return tool;
  const traced = (...args: unknown[]): unknown => {
    const work = (): unknown => Reflect.apply(execute, tool, args);
    const execution = contain("startToolCall", () =>
      scope.startExecution(name, stringOf(asRecord(args[1])?.toolCallId), readSignal(args[1])),
    );
    if (!execution) return work();
    const output = enter(execution.call.context, work, execution);
    // The SDK's order of tests: an async iterable streams, anything else is awaited.
    return isAsyncIterable(output) ? traceIterable(output, execution) : listen(output, execution, false);
  };
  return viewOf<object>(tool, Reflect.ownKeys(tool), (value, key) => {
    if (key === "execute") return traced;
    // Hooks see the tool they belong to: they may use private fields, or know it by identity. Functions keep properties.
    return isFunction(value) ? onOriginal(value) : value;
  });
}

/** The same iteration, each step in the tool's context; `return` and `throw` exist where the tool has them. */
function traceIterable(iterable: AsyncIterable<unknown>, execution: Execution): AsyncIterable<unknown> {
  const { call } = execution;
  return {
    [Symbol.asyncIterator]() {
      const iterator = enter(call.context, () => iterable[Symbol.asyncIterator](), execution);
      const traced: Record<string, unknown> = {};
      for (const name of ["next", "return", "throw"]) {
        const method = asRecord(iterator)?.[name];
        if (!isFunction(method)) continue;
        const step: WorkListener = {
          ...execution,
          onValue(result) {
            if (name !== "next") call.end(LEFT_BY_CONSUMER);
            else if (asRecord(result)?.done === true) call.end(OK);
          },
        };
        traced[name] = (...args: unknown[]): unknown =>
          listen(
            enter(call.context, () => Reflect.apply(method, iterator, args), step),
            step,
            true,
          );
      }
      // The object has the methods of the tool's own iterator, and they give what it gives.
      return traced as unknown as AsyncIterator<unknown>;
    },
  };
}
