/**
 * Reads tool calls from the parts of an answer, a step or a prompt. Reads types, names, ids and flags of the parts.
 * Never reads an input, an output, a reason or a text.
 */
import { OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import { readFailure } from "./failure.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  isString,
  stringOf,
  type UnknownRecord,
} from "../foundation/structure.ts";

/** A tool call that a part reports, and its outcome. The outcome is `undefined` until the result is reported. */
export type ToolCallReport = readonly [call: ToolCall, outcome: Outcome | undefined];

/** Ids of provider-executed tools that search stored data, such as `openai.file_search`. */
const DATASTORE_ID = /\.(file_search|vertex_rag_store)$/;

const DENIED = { toolApproval: "denied" } as const;
const PENDING = { toolPending: true } as const;

/**
 * Reads the call, or the result, of a tool that the provider executes.
 *
 * @param part a part of a model's stream, or an entry of a direct answer's `content`
 */
export function readProviderTool(part: UnknownRecord | undefined): ToolCallReport | undefined {
  const isCall = part?.type === "tool-call" && part.providerExecuted === true;
  // In a model's answer, every tool result belongs to a provider-executed tool. After a preliminary result another
  // result follows.
  const isResult = part?.type === "tool-result" && part.preliminary !== true;
  if (!isCall && !isResult) return undefined;
  const outcome = part.isError === true ? TOOL_ERROR : OK;
  return reportedCall(part, isResult ? outcome : undefined, { toolType: "extension" });
}

/** A provider-executed tool that a model call may use. */
export interface ProviderTool {
  readonly name: string;
  readonly isDatastore: boolean;
}

/** @param tools the tools of a model call. The provider executes those whose type is not `function`. */
export function readProviderTools(tools: unknown): readonly ProviderTool[] {
  return collectFrom(tools, ({ type, id, name }) =>
    type !== "function" && isString(name)
      ? { name, isDatastore: isString(id) && DATASTORE_ID.test(id) }
      : undefined,
  );
}

/**
 * Finds a tool by the rules of the SDK: an inherited tool counts, but an inherited member of `Object.prototype` does
 * not.
 */
export function readTool(tools: unknown, name: string): UnknownRecord | undefined {
  const set = asRecord(tools);
  const isListed = set && name in set && (Object.hasOwn(set, name) || !(name in Object.prototype));
  return isListed ? asRecord(set[name]) : undefined;
}

/** Whether a tool has no `execute` function. Then the program runs its calls elsewhere, for example in the browser. */
export function isClientTool(tool: UnknownRecord | undefined): boolean {
  return tool !== undefined && !isFunction(tool.execute);
}

/** Whether the result of a call of the tool may arrive in a later answer. */
export function isDeferred(tool: UnknownRecord | undefined): boolean {
  return tool?.supportsDeferredResults === true;
}

/**
 * Reads the tool calls of a step that the SDK did not execute:
 * - invalid calls, with their failure
 * - calls that wait for an approval
 * - calls that the caller's policy denied (v7)
 * - calls that the program runs elsewhere
 *
 * @param step the argument of `onStepFinish`
 * @param isClientName whether the tool with this name has no `execute`, so that the program runs its calls elsewhere
 */
export function readUnexecuted(
  step: unknown,
  isClientName: (toolName: string) => boolean,
): readonly ToolCallReport[] {
  const content = asRecord(step)?.content;
  return collectFrom(content, (part) => {
    const { type } = part;
    if (type === "tool-call" && part.providerExecuted !== true) {
      if (part.invalid === true) return reportedCall(part, readFailure(part.error));
      const { toolName } = part;
      const isPending = isString(toolName) && isClientName(toolName) && !hasRequest(content, part.toolCallId);
      return isPending ? reportedCall(part, OK, PENDING) : undefined;
    }
    if (type === "tool-approval-request" && part.isAutomatic !== true)
      return reportedCall(part.toolCall, OK, { toolApproval: "requested" });
    if (type === "tool-approval-response" && part.approved === false)
      return reportedCall(part.toolCall, OK, DENIED);
    return undefined;
  });
}

/** Whether the step requests an approval of the call. Then only the request is reported, not the call. */
function hasRequest(content: unknown, toolCallId: unknown): boolean {
  const requests = collectFrom(content, ({ type, toolCall }) =>
    type === "tool-approval-request" ? asRecord(toolCall) : undefined,
  );
  return requests.some((call) => call.toolCallId === toolCallId);
}

/**
 * Reads the tool calls that were denied after the last answer. The denials are in the last message of the prompt.
 *
 * @param prompt the prompt of the first model call of a run
 */
export function readDenied(prompt: unknown): readonly ToolCallReport[] {
  const last = Array.isArray(prompt) ? asRecord(prompt.at(-1)) : undefined;
  return collectFrom(last?.content, (part) =>
    asRecord(part.output)?.type === "execution-denied" ? reportedCall(part, OK, DENIED) : undefined,
  );
}

/** @returns `undefined` for a call without a name or an id */
function reportedCall(
  call: unknown,
  outcome: Outcome | undefined,
  details?: Partial<ToolCall>,
): ToolCallReport | undefined {
  const { toolName, toolCallId, providerExecuted } = asRecord(call) ?? {};
  if (!isString(toolName) || !isString(toolCallId)) return undefined;
  const toolType = providerExecuted === true ? "extension" : undefined;
  return [{ toolName, toolCallId: stringOf(toolCallId), toolType, ...details }, outcome];
}

const NONE: readonly never[] = [];

/**
 * Collects the values that `read` returns for the parts. Creates the list at the first value, because most answers have
 * none.
 */
function collectFrom<T>(parts: unknown, read: (part: UnknownRecord) => T | undefined): readonly T[] {
  if (!Array.isArray(parts)) return NONE;
  let collected: T[] | undefined;
  for (const part of parts) {
    const item = isRecord(part) ? read(part) : undefined;
    if (item !== undefined) (collected ??= []).push(item);
  }
  return collected ?? NONE;
}
