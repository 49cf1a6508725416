/**
 * v7's `toolSearch()`: the SDK puts another `execute` in the place of the tool's at each step
 * (`prepare-tool-search.ts`), so no view of the tool can observe it. Its calls are observed where the SDK executes them,
 * by an execute hook among the telemetry integrations of the call.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf } from "../foundation/structure.ts";
import { traceExecution } from "./tools.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** By which the SDK knows such a tool (7.0.173, `tool-search.ts`). */
const TOOL_SEARCH: unique symbol = Symbol.for("vercel.ai.toolSearch");

/** An integration with an execute hook and no event, for an event costs the SDK a copy. */
interface ExecuteHook {
  readonly executeTool: (options: unknown) => unknown;
}

/** @returns `undefined`: none of the tools is a tool search */
export function searchHook(tools: unknown, run: WrappedRun): ExecuteHook | undefined {
  const names = Object.keys(asRecord(tools) ?? {}).filter(
    (name) => readProperty(readProperty(tools, name), TOOL_SEARCH) === true,
  );
  if (names.length === 0) return undefined;
  return {
    executeTool(options) {
      const execute = contain("execute", () => readProperty(options, "execute"));
      // Called by hand, without what it is for.
      if (!isFunction(execute)) return undefined;
      const work = (): unknown => Reflect.apply(execute, options, []);
      const name = stringOf(readProperty(readProperty(options, "toolCall"), "toolName"));
      return name && names.includes(name) ? traceExecution(work, name, options, run) : work();
    },
  };
}
