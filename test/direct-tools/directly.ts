/**
 * A tool that a program calls itself, and what its spans are.
 */
import { toolSpan, type ToolExpectation } from "../conformance/expected-spans.ts";
import type { Major } from "../support/majors.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

export interface CallOptions {
  readonly toolCallId?: unknown;
  readonly messages?: readonly unknown[];
  readonly abortSignal?: AbortSignal;
}

export interface DirectTool<Output> {
  readonly description?: string;
  execute(input: object, options?: CallOptions): Output;
}

/** A tool of the SDK's. */
export function toolOn<Output>(major: Major, execute: DirectTool<Output>["execute"]): DirectTool<Output> {
  const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
  return major.ai.tool({ description: "looks for rooms", inputSchema, execute });
}

/** With the id of a call, as the SDK has it. */
export const OPTIONS: CallOptions = { toolCallId: "call-1", messages: [] };

/** Of nobody's agent. */
export function directSpan(expected: ToolExpectation = {}, children?: readonly ExpectedSpan[]): ExpectedSpan {
  return toolSpan("searchRooms", "call-1", { agent: null, ...expected }, children);
}
