/**
 * Stands between the SDK and the tools of one run: each execution runs in its execute_tool span's context, every pull of
 * a generator included. The caller's tools are never changed; the SDK gets copies that differ in `execute`.
 */
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isAsyncIterable, isFunction, isRecord, isThenable, asRecord, stringOf, type UnknownFunction } from "../readers/guards.ts";
import { readSignal } from "../readers/model-call.ts";
import { TOOL_TYPE_FUNCTION } from "../semconv/attributes.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import { runInContext } from "../spans/context.ts";
import type { ToolCall } from "../spans/tool-call.ts";
import type { RunScope } from "./run-scope.ts";
import { standIn } from "./stand-in.ts";
import { enter, listen, type WorkListener } from "./traced-work.ts";

/** The same set of tools, in the same order, each with its execution traced. */
export function wrapTools(tools: object, scope: RunScope): object {
  const descriptors = ownDescriptors(tools);
  for (const name of Object.keys(descriptors)) {
    const descriptor = descriptors[name];
    const read = descriptor?.get;
    if (read !== undefined) descriptor!.get = () => wrapTool(name, read.call(tools), scope);
    else if (descriptor !== undefined) descriptor.value = wrapTool(name, descriptor.value, scope);
  }
  return Object.create(Object.getPrototypeOf(tools), descriptors);
}

function wrapTool(name: string, tool: unknown, scope: RunScope): unknown {
  const execute = asRecord(tool)?.execute;
  if (!isRecord(tool) || !isFunction(execute)) return tool;
  const traced = (...args: unknown[]): unknown => executeTool(scope, { name, tool, execute, args });
  const prototype: object | null = Object.getPrototypeOf(tool);
  if (prototype !== Object.prototype) return new Proxy(standIn(tool, ["execute"]), new InstanceHandler(tool, traced));
  // v7 keeps `experimental_toolCaller` as a property that is not enumerable, so every descriptor is copied.
  const descriptors = ownDescriptors(tool);
  descriptors.execute = { ...descriptors.execute, value: traced, writable: true, configurable: true };
  return Object.create(prototype, descriptors);
}

/** A tool that is an instance of a class: its getters and methods may use private fields, so they see the instance. */
class InstanceHandler implements ProxyHandler<object> {
  readonly #tool: object;
  readonly #execute: UnknownFunction;

  constructor(tool: object, execute: UnknownFunction) {
    this.#tool = tool;
    this.#execute = execute;
  }

  get(_target: object, key: PropertyKey): unknown {
    if (key === "execute") return this.#execute;
    const value: unknown = Reflect.get(this.#tool, key, this.#tool);
    return isFunction(value) ? value.bind(this.#tool) : value;
  }
}

function ownDescriptors(value: object): Record<string, PropertyDescriptor> {
  return Object.getOwnPropertyDescriptors(value);
}

interface ToolExecution {
  readonly name: string;
  readonly tool: object;
  readonly execute: UnknownFunction;
  readonly args: unknown[];
}

function executeTool(scope: RunScope, { name, tool, execute, args }: ToolExecution): unknown {
  const work = (): unknown => Reflect.apply(execute, tool, args);
  const execution = contain("startToolCall", () => startExecution(scope, name, args[1]));
  if (execution === undefined) return work();
  const output = enter(execution.call.context, work, execution);
  // The SDK's order of tests: an async iterable streams, anything else is awaited.
  if (isAsyncIterable(output)) return traceIterable(output, execution);
  if (isThenable(output)) return listen(output, execution);
  execution.onValue();
  return output;
}

function startExecution(scope: RunScope, name: string, options: unknown): Execution | undefined {
  scope.onActivity();
  const callId = stringOf(asRecord(options)?.toolCallId);
  const call = scope.run.startToolCall({ name, type: TOOL_TYPE_FUNCTION, callId });
  return call && new Execution(call, readSignal(options));
}

class Execution implements WorkListener {
  readonly call: ToolCall;
  readonly #signal: AbortSignal | undefined;

  constructor(call: ToolCall, signal: AbortSignal | undefined) {
    this.call = call;
    this.#signal = signal;
  }

  onValue(): void {
    this.call.end(OK);
  }

  onError(error: unknown): void {
    this.call.end(readFailure(error, this.#signal));
  }
}

/** The same iteration, each step in the tool's context; `return` and `throw` exist where the tool has them. */
function traceIterable(iterable: AsyncIterable<unknown>, execution: Execution): AsyncIterable<unknown> {
  const { call } = execution;
  const step: WorkListener = {
    onValue: (result) => {
      if (asRecord(result)?.done === true) call.end(OK);
    },
    onError: (error) => execution.onError(error),
  };
  const leave: WorkListener = { ...step, onValue: () => call.end(LEFT_BY_CONSUMER) };
  return {
    [Symbol.asyncIterator]() {
      const iterator = runInContext(call.context, () => iterable[Symbol.asyncIterator]());
      const traced: Record<string, unknown> = {};
      for (const name of ["next", "return", "throw"]) {
        const method = asRecord(iterator)?.[name];
        if (!isFunction(method)) continue;
        const listener = name === "next" ? step : leave;
        traced[name] = (...args: unknown[]): unknown => {
          const result = enter(call.context, () => Reflect.apply(method, iterator, args), listener);
          return isThenable(result) ? listen(result, listener) : result;
        };
      }
      // The object has the methods of the tool's own iterator, and they give what it gives.
      return traced as unknown as AsyncIterator<unknown>;
    },
  };
}
