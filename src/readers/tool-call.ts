/**
 * Tool calls as the parts of an answer, of a step and of a prompt tell them. Reads types, names, ids and flags of such
 * parts, never an input, an output, a reason or a text.
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

/** A call that somebody tells of, and what it came to; `undefined` while its result is still to come. */
export type ToldCall = readonly [call: ToolCall, outcome: Outcome | undefined];

/** Provider-executed tools that look things up in stored data, by the ids of the provider packages. */
const DATASTORE_ID = /\.(file_search|vertex_rag_store)$/;

const DENIED = { toolApproval: "denied" } as const;
const PENDING = { toolPending: true } as const;

/**
 * A tool that the provider executes: its call, or its result.
 *
 * @param part a part of a model's stream, or an entry of a direct answer's `content`
 */
export function readProviderTool(part: UnknownRecord | undefined): ToldCall | undefined {
  const isCall = part?.type === "tool-call" && part.providerExecuted === true;
  // A model tells results of none but its provider's own tools; a preliminary one is followed by another.
  const isResult = part?.type === "tool-result" && part.preliminary !== true;
  if (!isCall && !isResult) return undefined;
  const outcome = part.isError === true ? TOOL_ERROR : OK;
  return told(part, isResult ? outcome : undefined, { toolType: "extension" });
}

/** A tool of the provider's that a model call may use. */
export interface ProviderTool {
  readonly name: string;
  readonly isDatastore: boolean;
}

/** @param tools of a model call; those that are no functions are the provider's */
export function readProviderTools(tools: unknown): readonly ProviderTool[] {
  return collectFrom(tools, ({ type, id, name }) =>
    type !== "function" && isString(name)
      ? { name, isDatastore: isString(id) && DATASTORE_ID.test(id) }
      : undefined,
  );
}

/** A tool of a set, as the SDK finds it. */
export function readTool(tools: unknown, name: string): UnknownRecord | undefined {
  const set = asRecord(tools);
  const isListed = set && name in set && (Object.hasOwn(set, name) || !(name in Object.prototype));
  return isListed ? asRecord(set[name]) : undefined;
}

/** Whether the program runs the calls of a tool elsewhere: the SDK has nothing to execute. */
export function isClientTool(tool: UnknownRecord | undefined): boolean {
  return tool !== undefined && !isFunction(tool.execute);
}

/** Whether the result of a call may come with the answer to a later request. */
export function isDeferred(tool: UnknownRecord | undefined): boolean {
  return tool?.supportsDeferredResults === true;
}

/**
 * The tool calls of a step that were not executed: invalid ones, with their failure, those that wait for an approval,
 * those that a policy of the caller denied (v7), and those that the program runs elsewhere.
 *
 * @param step what `onStepFinish` gets
 * @param isOfClient whether a call of a tool by that name is run elsewhere
 */
export function readUnexecuted(
  step: unknown,
  isOfClient: (toolName: string) => boolean,
): readonly ToldCall[] {
  const content = asRecord(step)?.content;
  return collectFrom(content, (part) => {
    const { type } = part;
    if (type === "tool-call" && part.providerExecuted !== true) {
      if (part.invalid === true) return told(part, readFailure(part.error));
      const { toolName } = part;
      const isPending = isString(toolName) && isOfClient(toolName) && !hasRequest(content, part.toolCallId);
      return isPending ? told(part, OK, PENDING) : undefined;
    }
    if (type === "tool-approval-request" && part.isAutomatic !== true)
      return told(part.toolCall, OK, { toolApproval: "requested" });
    if (type === "tool-approval-response" && part.approved === false) return told(part.toolCall, OK, DENIED);
    return undefined;
  });
}

/** Whether somebody is asked to approve the call: that is reported instead. */
function hasRequest(content: unknown, toolCallId: unknown): boolean {
  const requests = collectFrom(content, ({ type, toolCall }) =>
    type === "tool-approval-request" ? asRecord(toolCall) : undefined,
  );
  return requests.some((call) => call.toolCallId === toolCallId);
}

/**
 * The tool calls that somebody denied since the last answer: their denials are the last message of the prompt.
 *
 * @param prompt of the first model call of a run
 */
export function readDenied(prompt: unknown): readonly ToldCall[] {
  const last = Array.isArray(prompt) ? asRecord(prompt.at(-1)) : undefined;
  return collectFrom(last?.content, (part) =>
    asRecord(part.output)?.type === "execution-denied" ? told(part, OK, DENIED) : undefined,
  );
}

/** Nothing, where the call has no name or id. */
function told(call: unknown, outcome: Outcome | undefined, facts?: Partial<ToolCall>): ToldCall | undefined {
  const { toolName, toolCallId, providerExecuted } = asRecord(call) ?? {};
  if (!isString(toolName) || !isString(toolCallId)) return undefined;
  const toolType = providerExecuted === true ? "extension" : undefined;
  return [{ toolName, toolCallId: stringOf(toolCallId), toolType, ...facts }, outcome];
}

const NONE: readonly never[] = [];

/** What of some parts is told; most have nothing to tell. */
function collectFrom<T>(parts: unknown, read: (part: UnknownRecord) => T | undefined): readonly T[] {
  if (!Array.isArray(parts)) return NONE;
  let found: T[] | undefined;
  for (const part of parts) {
    const call = isRecord(part) ? read(part) : undefined;
    if (call !== undefined) (found ??= []).push(call);
  }
  return found ?? NONE;
}
