/**
 * Stands between the SDK and the tools of one run: each execution runs in its execute_tool span's context, every pull of
 * a generator included. The caller's tools are never changed; the SDK gets views of them whose functions are called on the
 * caller's own, `execute` inside its span.
 */
import { contain } from "../containment.ts";
import { asRecord, isAsyncIterable, isFunction, isRecord, stringOf } from "../readers/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import type { Execution } from "../runs/execution.ts";
import { enter, observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { onOriginal, originalOf, steadily, viewOf } from "./view.ts";

/** Functions that are no methods: they may know themselves by identity, too. */
const SCHEMAS: ReadonlySet<PropertyKey> = new Set(["inputSchema", "outputSchema", "contextSchema"]);

/** The same set of tools, in the same order, each with its execution traced. */
export function wrapTools(given: unknown, scope: WrappedRun): unknown {
  const tools = originalOf(given);
  if (!isRecord(tools)) return given;
  const show = (tool: unknown, name: PropertyKey): unknown =>
    contain("tools", () => wrapTool(String(name), tool, scope)) ?? tool;
  return viewOf<object>(tools, Object.keys(tools), steadily(show));
}

function wrapTool(name: string, given: unknown, scope: WrappedRun): unknown {
  const tool = originalOf(given);
  if (!isRecord(tool) || !isFunction(tool.execute)) return given;
  const show = (value: unknown, key: PropertyKey): unknown => {
    if (!isFunction(value) || SCHEMAS.has(key)) return value;
    // Hooks see the tool they belong to: they may use private fields, or know it by identity. Functions keep properties.
    if (key !== "execute") return onOriginal(value);
    return function (this: unknown, ...args: unknown[]): unknown {
      const work = (): unknown => Reflect.apply(value, originalOf(this), args);
      return traceExecution(work, name, args[1], scope);
    };
  };
  return viewOf<object>(tool, Reflect.ownKeys(tool), steadily(show));
}

/** One execution. */
function traceExecution(work: () => unknown, name: string, options: unknown, scope: WrappedRun): unknown {
  const execution = contain("startToolCall", () =>
    scope.startExecution(name, stringOf(asRecord(options)?.toolCallId), readSignal(options)),
  );
  if (!execution) return work();
  const output = enter(execution.call.context, work, execution);
  // The SDK's order of tests: an async iterable streams, anything else is awaited. All take one tick more, or tools that
  // run side by side would end in another order.
  return isAsyncIterable(output)
    ? traceIterable(output, execution)
    : observeResult(Promise.resolve(output), execution, false);
}

/** The same iteration, each step in the tool's context; `return` and `throw` exist where the tool has them. */
function traceIterable(iterable: AsyncIterable<unknown>, execution: Execution): AsyncIterable<unknown> {
  const { call } = execution;
  return {
    [Symbol.asyncIterator]() {
      const iterator = enter(call.context, () => iterable[Symbol.asyncIterator](), execution);
      const methods = asRecord(iterator);
      // What is none is the SDK's to refuse.
      if (!methods) return iterator as AsyncIterator<unknown>;
      const traced: Record<string, unknown> = {};
      let isFirst = true;
      for (const name of ["next", "return", "throw"]) {
        const method = methods[name];
        if (!isFunction(method)) continue;
        const step: WorkObserver = {
          onError: (error) => execution.onError(error),
          onValue(result) {
            if (name !== "next") call.end(LEFT_BY_CONSUMER);
            else if (asRecord(result)?.done === true) call.end(OK);
          },
        };
        traced[name] = (...args: unknown[]): unknown => {
          const result = enter(call.context, () => Reflect.apply(method, iterator, args), step);
          const isHandled = !isFirst;
          isFirst = false;
          return observeResult(isHandled ? result : Promise.resolve(result), step, isHandled);
        };
      }
      // The object has the methods of the tool's own iterator, and they give what it gives.
      return traced as unknown as AsyncIterator<unknown>;
    },
  };
}
