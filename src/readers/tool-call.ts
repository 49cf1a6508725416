/**
 * Tool calls as the parts of an answer, of a step and of a prompt tell them. Reads types, names, ids and flags of such
 * parts, never an input, an output, a reason or a text.
 */
import { OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import { readFailure } from "./failure.ts";
import { asRecord, isRecord, isString, stringOf, type UnknownRecord } from "./structure.ts";

/** A call that somebody tells of, and what it came to; `undefined` while its result is still to come. */
export type ToldCall = readonly [call: ToolCall, outcome: Outcome | undefined];

/** Provider-executed tools that look things up in stored data, by the ids of the provider packages. */
const DATASTORE_ID = /\.(file_search|vertex_rag_store)$/;

const DENIED = { toolApproval: "denied" } as const;

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

/** @param tools of a model call: the names of those that are the provider's and look things up */
export function readDatastores(tools: unknown): readonly unknown[] {
  return collectFrom(tools, ({ id, name }) => (isString(id) && DATASTORE_ID.test(id) ? name : undefined));
}

/**
 * The tool calls of a step that were not executed: invalid ones, with their failure, those that wait for an approval, and
 * those that a policy of the caller denied (v7).
 *
 * @param step what `onStepFinish` gets
 */
export function readUnexecuted(step: unknown): readonly ToldCall[] {
  return collectFrom(asRecord(step)?.content, (part) => {
    const { type } = part;
    if (type === "tool-call" && part.invalid === true && part.providerExecuted !== true) {
      return told(part, readFailure(part.error));
    }
    if (type === "tool-approval-request" && part.isAutomatic !== true)
      return told(part.toolCall, OK, { toolApproval: "requested" });
    if (type === "tool-approval-response" && part.approved === false) return told(part.toolCall, OK, DENIED);
    return undefined;
  });
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
