/**
 * Tool calls as the parts of an answer, of a step and of a prompt tell them. Reads types, names, ids and flags of such
 * parts, never an input, an output, a reason or a text.
 */
import { OK, TOOL_ERROR } from "../semconv/outcome.ts";
import type { Outcome, ToolCall } from "../semconv/records.ts";
import { readFailure } from "./failure.ts";
import { asRecord, isRecord, isString, stringOf, type UnknownRecord } from "./guards.ts";

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
  return told(part, isResult ? outcome : undefined, { toolType: "extension" })[0];
}

/** @param tools of a model call: the names of those that are the provider's and look things up */
export function readDatastores(tools: unknown): unknown[] {
  return partsOf(tools)
    .filter(({ id }) => isString(id) && DATASTORE_ID.test(id))
    .map(({ name }) => name);
}

/**
 * The tool calls of a step that were not executed: invalid ones, with their failure, those that wait for an approval, and
 * those that a policy of the caller denied (v7).
 *
 * @param step what `onStepFinish` gets
 */
export function readUnexecuted(step: unknown): ToldCall[] {
  return partsOf(asRecord(step)?.content).flatMap((part) => {
    const { type, toolCall } = part;
    if (type === "tool-call" && part.invalid === true && part.providerExecuted !== true) {
      return told(part, readFailure(part.error));
    }
    if (type === "tool-approval-request" && part.isAutomatic !== true)
      return told(toolCall, OK, { toolApproval: "requested" });
    if (type === "tool-approval-response" && part.approved === false) return told(toolCall, OK, DENIED);
    return [];
  });
}

/**
 * The tool calls that somebody denied since the last answer: their denials are the last message of the prompt.
 *
 * @param prompt of the first model call of a run
 */
export function readDenied(prompt: unknown): ToldCall[] {
  const last = Array.isArray(prompt) ? asRecord(prompt.at(-1)) : undefined;
  return partsOf(last?.content).flatMap((part) =>
    asRecord(part.output)?.type === "execution-denied" ? told(part, OK, DENIED) : [],
  );
}

/** Nothing, where the call has no name or id. */
function told(call: unknown, outcome: Outcome | undefined, facts?: Partial<ToolCall>): ToldCall[] {
  const { toolName, toolCallId, providerExecuted } = asRecord(call) ?? {};
  if (!isString(toolName) || !isString(toolCallId)) return [];
  const toolType = providerExecuted === true ? "extension" : undefined;
  return [[{ toolName, toolCallId: stringOf(toolCallId), toolType, ...facts }, outcome]];
}

function partsOf(content: unknown): UnknownRecord[] {
  return Array.isArray(content) ? content.filter(isRecord) : [];
}
