/**
 * Wraps the tools of one run. Each execution of a tool, and each step of a generator, runs in the context of its
 * execute_tool span. The caller's tools are never changed. The SDK gets views of them. The functions of a view run on
 * the caller's tool.
 */
import { contain, contained } from "../foundation/containment.ts";
import {
  asRecord,
  isAsyncIterable,
  isFunction,
  isRecord,
  stringOf,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import type { Execution } from "../runs/execution.ts";
import { enter, observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { overrideOnce } from "../streams/override-once.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import { enterToolCall } from "../spans/open-tool-call.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { enterWork, isUnderWay } from "./nested-work.ts";
import { cached, onOriginal, valueToWrap, ViewHandler, viewOf, type ReplaceProperty } from "./view.ts";

/** Schemas, which may be functions. They are not replaced, because code may compare schemas by identity. */
const SCHEMAS: ReadonlySet<PropertyKey> = new Set(["inputSchema", "outputSchema", "contextSchema"]);

/** The property by which a tool calls other tools (v7, `tool-caller.ts` of provider-utils). */
const TOOL_CALLER = "experimental_toolCaller";

/** @returns a view of the set. Its tools are traced, and their order is the same. */
export function wrapTools(value: unknown, run: WrappedRun): unknown {
  const tools = valueToWrap(value);
  if (!isRecord(tools)) return value;
  run.toolCalls.addTools(tools);
  const replace = (tool: unknown, name: PropertyKey): unknown => wrapTool(String(name), tool, run);
  return new ToolSetHandler<object>(tools, cached(replace)).view;
}

/** A view of a set of tools. A tool that is written to the view is wrapped too. */
class ToolSetHandler<T extends object> extends ViewHandler<T> {
  protected override replaceWritten(value: unknown, key: PropertyKey): unknown {
    return this.replace(value, key);
  }
}

function wrapTool(name: string, value: unknown, run: WrappedRun): unknown {
  const tool = valueToWrap(value);
  if (!isRecord(tool) || !(isFunction(tool.execute) || isRecord(tool[TOOL_CALLER]))) return value;
  const replace: ReplaceProperty = (property, key) => {
    if (key === TOOL_CALLER) return wrapToolCaller(name, property, run);
    if (key !== "execute" || !isFunction(property)) return toolProperty(property, key);
    return onOriginal(property, (self, args) => {
      const work = (): unknown => Reflect.apply(property, self, args);
      return traceExecution(work, name, args[1], run);
    });
  };
  return viewOf<object>(tool, cached(replace));
}

/** Functions such as `onInputStart` run on the caller's tool, because they may use its private fields. */
export function toolProperty(property: unknown, key: PropertyKey): unknown {
  return isFunction(property) && !SCHEMAS.has(key) ? onOriginal(property) : property;
}

/** @returns the SDK's id of a tool call, read from the options of its execution */
export function readCallId(options: unknown): string | undefined {
  return contain("options of a tool", () => stringOf(asRecord(options)?.toolCallId));
}

/** Wraps `bind`. The SDK executes the tool that `bind` returns instead of the tool itself (v7, code mode). */
function wrapToolCaller(name: string, definition: unknown, run: WrappedRun): unknown {
  if (!isRecord(definition) || !isFunction(definition.bind)) return definition;
  return viewOf<object>(
    definition,
    cached((property, key) =>
      isFunction(property) && key === "bind"
        ? (tools: unknown) => wrapTool(name, Reflect.apply(property, definition, [tools]), run)
        : property,
    ),
  );
}

/** Runs one execution of a tool in its span. */
export function traceExecution(
  work: () => unknown,
  name: string,
  options: unknown,
  run: WrappedRun,
): unknown {
  const toolCallId = readCallId(options);
  const key = `execution ${toolCallId} ${name}`;
  if (isUnderWay(run, key)) return work();
  const execution = contain("startToolCall", () => run.startExecution(name, toolCallId, readSignal(options)));
  if (!execution) return work();
  const { call } = execution;
  const { returned: output, observer } = enterWork(run, key, execution, () => enterToolCall(call, work));
  // The SDK checks in the same order whether the output is an async iterable, and awaits it if not. A value takes one
  // more tick than without ai-spans. This holds for every value, so parallel tools end in the same order.
  try {
    if (!isAsyncIterable(output)) return observeResult(Promise.resolve(output), observer, false);
  } catch (error) {
    // The output's `Symbol.asyncIterator` getter has thrown. The SDK reads the same property next and gets the error.
    contain("output of a tool", () => observer.onError(error));
    return output;
  }
  contain("output of a tool", () => traceIterable(output, execution));
  return output;
}

/**
 * Observes an iterable that is read at once, as the SDK does. The SDK gets the tool's iterable itself, because some
 * releases (ai 5.0.0) treat it as a value and pass it to the program.
 */
export function traceIterable(iterable: AsyncIterable<unknown>, execution: Execution): void {
  const { call } = execution;
  const override = overrideOnce(iterable, Symbol.asyncIterator, (iterate) => {
    const iterator = enter(call.context, () => Reflect.apply(iterate, iterable, []), execution);
    return contain("output of a tool", () => tracedIterator(iterator, execution)) ?? iterator;
  });
  // The iterable is not extensible, so it cannot be observed.
  if (!override) return call.end(OK);
  // If nobody has started to read the iterable by the next microtask, it counts as a value.
  const onIdle = contained("output of a tool", () => {
    if (override.restore()) call.end(OK);
  });
  void Promise.resolve().then(onIdle);
}

/** An iterator whose steps run in the tool's context. It has `return` and `throw` if the tool's iterator has them. */
function tracedIterator(iterator: unknown, execution: Execution): object | undefined {
  const { call } = execution;
  const methods = asRecord(iterator);
  const refuse = (): void => execution.onError(new TypeError());
  // The value is no iterator, or has no `next`. The language throws a TypeError for it.
  if (!methods || !isFunction(methods.next)) return void refuse();
  const traced: Record<string, unknown> = {};
  let isFirst = true;
  for (const name of ["next", "return", "throw"]) {
    const method = methods[name];
    if (!isFunction(method)) continue;
    const step: WorkObserver = {
      onError: (error) => execution.onError(error),
      onValue(result) {
        const stepResult = asRecord(result);
        if (name !== "next") call.end(LEFT_BY_CONSUMER);
        else if (!stepResult) refuse();
        else if (isDone(stepResult)) call.end(OK);
      },
    };
    const isDone = (stepResult: UnknownRecord): boolean => {
      try {
        return Boolean(stepResult.done);
      } catch (error) {
        // The SDK reads `done` next and gets the error.
        execution.onError(error);
        return false;
      }
    };
    traced[name] = (...args: unknown[]): unknown => {
      const result = enter(call.context, () => Reflect.apply(method, iterator, args), step);
      const isHandled = !isFirst;
      isFirst = false;
      return observeResult(isHandled ? result : Promise.resolve(result), step, isHandled);
    };
  }
  return traced;
}
