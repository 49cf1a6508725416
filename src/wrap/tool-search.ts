/**
 * Traces calls of `toolSearch()` (v7). The SDK replaces the tool's `execute` at each step (`prepare-tool-search.ts`).
 * So a view of the tool cannot observe the calls. An execute hook observes them, which is added to the call's telemetry
 * integrations.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf } from "../foundation/structure.ts";
import { traceExecution } from "./tools.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** The property by which the SDK recognizes a tool search (7.0.173, `tool-search.ts`). */
const TOOL_SEARCH: unique symbol = Symbol.for("vercel.ai.toolSearch");

/** An integration that has only an execute hook. If it had an event callback, the SDK would copy each event for it. */
interface ExecuteHook {
  readonly executeTool: (options: unknown) => unknown;
}

/** @returns the integration; `undefined` if none of the tools is a tool search */
export function searchHook(tools: unknown, run: WrappedRun): ExecuteHook | undefined {
  const names = Object.keys(asRecord(tools) ?? {}).filter(
    (name) => readProperty(readProperty(tools, name), TOOL_SEARCH) === true,
  );
  if (names.length === 0) return undefined;
  return {
    executeTool(options) {
      const execute = contain("execute", () => readProperty(options, "execute"));
      // Code other than the SDK has called the hook.
      if (!isFunction(execute)) return undefined;
      const work = (): unknown => Reflect.apply(execute, options, []);
      const name = stringOf(readProperty(readProperty(options, "toolCall"), "toolName"));
      return name && names.includes(name) ? traceExecution(work, name, options, run) : work();
    },
  };
}
