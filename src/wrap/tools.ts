/**
 * Stands between the SDK and the tools of one run: each execution runs in its execute_tool span's context, every
 * pull of a generator included. The caller's tools are never changed; the SDK gets copies that differ in `execute`.
 */
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isAsyncIterable, isFunction, isRecord, isThenable, property, stringOf, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { TOOL_TYPE_FUNCTION } from "../semconv/attributes.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/records.ts";
import { runInContext } from "../spans/context.ts";
import type { ToolCall } from "../spans/tool-call.ts";
import type { RunScope } from "./run-scope.ts";
import { listen } from "./settle.ts";

/** Methods the SDK calls on a tool (v5 to v7); on a class instance they must see the instance, not its copy. */
const TOOL_METHODS = ["onInputStart", "onInputDelta", "onInputAvailable", "needsApproval", "toModelOutput", "description"];

/** The same set of tools, in the same order, each with its execution traced. */
export function wrapTools(tools: object, scope: RunScope): object {
  const descriptors = Object.getOwnPropertyDescriptors(tools) as Record<PropertyKey, PropertyDescriptor>;
  for (const key of Reflect.ownKeys(descriptors)) {
    const descriptor = descriptors[key]!;
    const name = String(key);
    if (descriptor.get !== undefined) {
      const read = descriptor.get;
      descriptor.get = () => wrapTool(name, read.call(tools), scope);
    } else {
      descriptor.value = wrapTool(name, descriptor.value, scope);
    }
  }
  return Object.create(Object.getPrototypeOf(tools), descriptors);
}

function wrapTool(name: string, tool: unknown, scope: RunScope): unknown {
  if (!isRecord(tool) || !isFunction(tool["execute"])) return tool;
  const execute = tool["execute"];
  const traced = (...args: unknown[]): unknown => executeTool(scope, { name, tool, execute, args });
  // v7 keeps `experimental_toolCaller` as a property that is not enumerable, so every descriptor is copied.
  const descriptors = Object.getOwnPropertyDescriptors(tool) as Record<PropertyKey, PropertyDescriptor>;
  const prototype: object | null = Object.getPrototypeOf(tool);
  if (prototype !== null && prototype !== Object.prototype) {
    for (const method of TOOL_METHODS) {
      const own = tool[method];
      if (isFunction(own)) descriptors[method] = hidden(own.bind(tool));
    }
  }
  const enumerable = descriptors["execute"]?.enumerable ?? false;
  descriptors["execute"] = { value: traced, enumerable, writable: true, configurable: true };
  return Object.create(prototype, descriptors);
}

function hidden(value: unknown): PropertyDescriptor {
  return { value, enumerable: false, writable: true, configurable: true };
}

interface ToolExecution {
  readonly name: string;
  readonly tool: object;
  readonly execute: UnknownFunction;
  readonly args: unknown[];
}

function executeTool(scope: RunScope, { name, tool, execute, args }: ToolExecution): unknown {
  const options = args[1];
  const signal = contain("readSignal", () => readSignal(options));
  const call = contain("startToolCall", () => {
    scope.onActivity();
    const callId = stringOf(property(options, "toolCallId"));
    return scope.run.startToolCall({ name, type: TOOL_TYPE_FUNCTION, callId });
  });
  if (call === undefined) return Reflect.apply(execute, tool, args);
  let output: unknown;
  try {
    output = runInContext(call.context, () => Reflect.apply(execute, tool, args));
  } catch (error) {
    call.end(readFailure(error, signal));
    throw error;
  }
  // The SDK's order of tests: an async iterable streams, anything else is awaited.
  if (isAsyncIterable(output)) return traceIterable(output, call, signal);
  if (isThenable(output)) {
    return listen(output, {
      site: "tool call",
      onValue: () => call.end(OK),
      onError: (error) => call.end(readFailure(error, signal)),
    });
  }
  call.end(OK);
  return output;
}

/** The same iteration, each step in the tool's context; `return` and `throw` exist where the tool has them. */
function traceIterable(
  iterable: AsyncIterable<unknown>,
  call: ToolCall,
  signal: AbortSignal | undefined,
): AsyncIterable<unknown> {
  const step = (work: () => unknown, isLeaving: boolean): unknown => {
    let result: unknown;
    try {
      result = runInContext(call.context, work);
    } catch (error) {
      call.end(readFailure(error, signal));
      throw error;
    }
    if (!isThenable(result)) return result;
    return listen(result, {
      site: "tool iteration",
      onValue: (value) => {
        if (property(value, "done") === true || isLeaving) call.end(isLeaving ? LEFT_BY_CONSUMER : OK);
      },
      onError: (error) => call.end(readFailure(error, signal)),
    });
  };
  return {
    [Symbol.asyncIterator]() {
      const iterator = runInContext(call.context, () => iterable[Symbol.asyncIterator]());
      const traced: Record<string, unknown> = {
        next: (...args: [] | [unknown]) => step(() => iterator.next(...args), false),
      };
      if (isFunction(iterator.return)) traced["return"] = (value?: unknown) => step(() => iterator.return!(value), true);
      if (isFunction(iterator.throw)) traced["throw"] = (error?: unknown) => step(() => iterator.throw!(error), true);
      // The object has the methods of the tool's own iterator, and they give what it gives.
      return traced as unknown as AsyncIterator<unknown>;
    },
  };
}
