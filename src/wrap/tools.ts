/**
 * Stands between the SDK and the tools of one run: each execution runs in its execute_tool span's context, every pull of
 * a generator included. The caller's tools are never changed; the SDK gets views of them whose functions are called on the
 * caller's own, `execute` inside its span.
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
import { enter, observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { overrideOnce } from "../streams/override-once.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import { enterToolCall } from "../spans/open-tool-call.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { enterWork, isUnderWay } from "./nested-work.ts";
import { cached, onOriginal, tracedSubject, ViewHandler, viewOf, type Show } from "./view.ts";

/** Functions that are no methods: they may know themselves by identity, too. */
const SCHEMAS: ReadonlySet<PropertyKey> = new Set(["inputSchema", "outputSchema", "contextSchema"]);

/** Where a tool says that it calls other tools (v7, `tool-caller.ts` of provider-utils). */
const TOOL_CALLER = "experimental_toolCaller";

/** The same set of tools, in the same order, each with its execution traced. */
export function wrapTools(value: unknown, run: WrappedRun): unknown {
  const tools = tracedSubject(value);
  if (!isRecord(tools)) return value;
  run.toolCalls.addTools(tools);
  const show = (tool: unknown, name: PropertyKey): unknown => wrapTool(String(name), tool, run);
  return new ToolSetHandler<object>(tools, cached(show)).view;
}

/** A tool that somebody puts into the set, or in the place of another, is executed like any other. */
class ToolSetHandler<T extends object> extends ViewHandler<T> {
  protected override showWritten(value: unknown, key: PropertyKey): unknown {
    return this.show(value, key);
  }
}

function wrapTool(name: string, value: unknown, run: WrappedRun): unknown {
  const tool = tracedSubject(value);
  if (!isRecord(tool) || !(isFunction(tool.execute) || isRecord(tool[TOOL_CALLER]))) return value;
  const show: Show = (property, key) => {
    if (key === TOOL_CALLER) return wrapToolCaller(name, property, run);
    if (key !== "execute" || !isFunction(property)) return toolProperty(property, key);
    return onOriginal(property, (self, args) => {
      const work = (): unknown => Reflect.apply(property, self, args);
      return traceExecution(work, name, args[1], run);
    });
  };
  return viewOf<object>(tool, cached(show));
}

/** Hooks see the tool they belong to: they may use private fields, or know it by identity. Functions keep properties. */
export function toolProperty(property: unknown, key: PropertyKey): unknown {
  return isFunction(property) && !SCHEMAS.has(key) ? onOriginal(property) : property;
}

/** The SDK's id of a call, in the options of its execution. */
export function readCallId(options: unknown): string | undefined {
  return contain("options of a tool", () => stringOf(asRecord(options)?.toolCallId));
}

/** The tool that a local caller makes of the tools that it may call is executed in its place (v7, code mode). */
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

/** One execution. */
export function traceExecution(
  work: () => unknown,
  name: string,
  options: unknown,
  run: WrappedRun,
): unknown {
  const toolCallId = readCallId(options);
  const what = `execution ${toolCallId} ${name}`;
  if (isUnderWay(run, what)) return work();
  const execution = contain("startToolCall", () => run.startExecution(name, toolCallId, readSignal(options)));
  if (!execution) return work();
  const { call } = execution;
  const { returned: output, observer } = enterWork(run, what, execution, () => enterToolCall(call, work));
  // The SDK's order of tests: an async iterable streams, anything else is awaited. All take one tick more, or tools that
  // run side by side would end in another order.
  try {
    if (!isAsyncIterable(output)) return observeResult(Promise.resolve(output), observer, false);
  } catch (error) {
    // The SDK reads the same property, and fails.
    contain("output of a tool", () => observer.onError(error));
    return output;
  }
  contain("output of a tool", () => traceIterable(output, execution));
  return output;
}

/**
 * Observes an iteration that begins at once, as the SDK's does. What goes on to the SDK is the tool's own object: some
 * releases take an async iterable for a value (ai 5.0.0), and hand it to the program.
 */
export function traceIterable(iterable: AsyncIterable<unknown>, execution: Execution): void {
  const { call } = execution;
  const override = overrideOnce(iterable, Symbol.asyncIterator, (iterate) => {
    const iterator = enter(call.context, () => Reflect.apply(iterate, iterable, []), execution);
    return contain("output of a tool", () => tracedIterator(iterator, execution)) ?? iterator;
  });
  // An object that takes no property is not observed either.
  if (!override) return call.end(OK);
  // Where nobody has begun by then, it is a value.
  const onIdle = contained("output of a tool", () => {
    if (override.restore()) call.end(OK);
  });
  void Promise.resolve().then(onIdle);
}

/** Each step in the tool's context; `return` and `throw` exist where the tool has them. */
function tracedIterator(iterator: unknown, execution: Execution): object | undefined {
  const { call } = execution;
  const methods = asRecord(iterator);
  const refuse = (): void => execution.onError(new TypeError());
  // What is none is refused by the language, and so is what has no steps.
  if (!methods || !isFunction(methods.next)) return void refuse();
  const traced: Record<string, unknown> = {};
  let isFirst = true;
  for (const name of ["next", "return", "throw"]) {
    const method = methods[name];
    if (!isFunction(method)) continue;
    const step: WorkObserver = {
      onError: (error) => execution.onError(error),
      onValue(result) {
        const given = asRecord(result);
        if (name !== "next") call.end(LEFT_BY_CONSUMER);
        else if (!given) refuse();
        else if (isDone(given)) call.end(OK);
      },
    };
    const isDone = (given: UnknownRecord): boolean => {
      try {
        return Boolean(given.done);
      } catch (error) {
        // The SDK reads it next, and fails.
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
