/**
 * Wraps a tool that the program calls itself. Each call of its `execute` starts an execute_tool span. If the SDK
 * executes the tool, the run starts the span instead.
 */
import { contain } from "../foundation/containment.ts";
import { isAsyncIterable, isFunction, readProperty } from "../foundation/structure.ts";
import { readSignal } from "../readers/model-call.ts";
import { DirectExecution, startDirectExecution } from "../runs/direct-execution.ts";
import { enter, observeResult } from "../spans/traced-work.ts";
import { activeContext, isOptedOut, runInContext } from "../spans/context.ts";
import { isExecuting } from "../spans/open-tool-call.ts";
import type { Tracing } from "../spans/tracing.ts";
import { observeGenerator } from "./generator.ts";
import { readCallId, toolProperty, traceIterable } from "./tools.ts";
import { cached, onOriginal, originalOf, viewOf, type ReplaceProperty } from "./view.ts";

/** @returns a view of the tool; the tool itself if it is traced already or has no `execute` */
export function wrapDirectTool<T extends object>(name: string, tool: T, tracing: Tracing): T {
  if (originalOf(tool) !== tool || !isFunction(readProperty(tool, "execute"))) return tool;
  const replace: ReplaceProperty = (property, key) => {
    if (key !== "execute" || !isFunction(property)) return toolProperty(property, key);
    const execute = onOriginal(property, (self, args) => {
      const work = (): unknown => Reflect.apply(property, self, args);
      return traceCall(work, { name, execute }, args[1], tracing);
    });
    return execute;
  };
  return viewOf(tool, cached(replace));
}

interface DirectTool {
  readonly name: string;
  /** The traced `execute` function, which the program reads from the view. */
  readonly execute: unknown;
}

function traceCall(work: () => unknown, tool: DirectTool, options: unknown, tracing: Tracing): unknown {
  const { name } = tool;
  const toolCallId = readCallId(options);
  const started = contain("startToolCall", () =>
    isTracedElsewhere(tool, toolCallId)
      ? undefined
      : startDirectExecution(tracing, name, toolCallId, readSignal(options)),
  );
  if (!started) return work();
  if (!(started instanceof DirectExecution)) return runInContext(started, work);
  const output = enter(started.context, work, started);
  const isIterable = contain(
    "output of a tool",
    () => isAsyncIterable(output) && isObserved(output, started),
  );
  if (isIterable) return output;
  const result = observeResult(output, started, false);
  contain("output of a tool", () => started.observePromise(result));
  return result;
}

/** Whether the SDK executes the tool. If so, its run has started the span, or the caller has disabled telemetry. */
function isTracedElsewhere({ name, execute }: DirectTool, toolCallId: string | undefined): boolean {
  if (toolCallId === undefined) return false;
  return isExecuting(name, toolCallId, execute) || isOptedOut(activeContext());
}

/**
 * Observes the output of a tool. A generator may be read at any later time. Any other iterable must be read at once, or
 * it counts as a value.
 */
function isObserved(output: AsyncIterable<unknown>, execution: DirectExecution): boolean {
  if (observeGenerator(output, execution, (work) => work())) execution.observe(output);
  else traceIterable(output, execution);
  return true;
}
