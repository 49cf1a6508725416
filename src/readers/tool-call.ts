/**
 * Tool calls as the parts of an answer, of a step and of a prompt tell them. Reads types, names, ids and flags of such
 * parts, never an input, an output, a reason or a text.
 */
import type { Outcome, ToolCall } from "../semconv/records.ts";
import { readFailure } from "./failure.ts";
import { asRecord, isRecord, isString, type UnknownRecord } from "./guards.ts";

/** What a provider says of a tool that it executes itself. */
export interface ProviderToolPart {
  readonly tool: ToolCall;
  /** Of a result; absent: the call. */
  readonly isError: boolean | undefined;
}

/** Provider-executed tools that look things up in stored data, by the ids of the provider packages. */
const DATASTORE_ID = /\.(file_search|vertex_rag_store)$/;

/** @param part a part of a model's stream, or an entry of a direct answer's `content` */
export function readProviderTool(part: UnknownRecord | undefined): ProviderToolPart | undefined {
  const isCall = part?.type === "tool-call" && part.providerExecuted === true;
  // A model tells results of none but its provider's own tools; a preliminary one is followed by another.
  const isResult = part?.type === "tool-result" && part.preliminary !== true;
  const tool = isCall || isResult ? readToolCall(part) : undefined;
  return (
    tool && {
      tool: { ...tool, toolType: "extension" },
      isError: isResult ? part?.isError === true : undefined,
    }
  );
}

/** Names of the tools in a set that are the provider's and look things up. */
export function readDatastores(tools: unknown): string[] {
  return Object.entries(asRecord(tools) ?? {})
    .filter(([, tool]) => DATASTORE_ID.test(String(asRecord(tool)?.id)))
    .map(([name]) => name);
}

/**
 * The tool calls of a step that were not executed: invalid ones, with their failure, those that wait for an approval, and
 * those that a policy of the caller denied (v7).
 *
 * @param step what `onStepFinish` gets
 */
export function readUnexecuted(step: unknown): [ToolCall, Outcome][] {
  const calls: [ToolCall, Outcome][] = [];
  for (const part of partsOf(asRecord(step)?.content)) {
    const { type, toolCall, invalid, providerExecuted, isAutomatic, approved } = part;
    if (type === "tool-call" && invalid === true && providerExecuted !== true) {
      add(readToolCall(part), readFailure(part.error));
    } else if (type === "tool-approval-request" && isAutomatic !== true) {
      add(readToolCall(toolCall, "requested"));
    } else if (type === "tool-approval-response" && approved === false) {
      add(readToolCall(toolCall, "denied"));
    }
  }
  return calls;

  function add(call: ToolCall | undefined, outcome: Outcome = {}): void {
    if (call) calls.push([call, outcome]);
  }
}

/**
 * The tool calls that somebody denied since the last answer: their denials are the last message of the prompt.
 *
 * @param prompt of the first model call of a run
 */
export function readDenied(prompt: unknown): ToolCall[] {
  const last = Array.isArray(prompt) ? asRecord(prompt.at(-1)) : undefined;
  return partsOf(last?.content)
    .filter((part) => asRecord(part.output)?.type === "execution-denied")
    .flatMap((part) => readToolCall(part, "denied") ?? []);
}

function readToolCall(part: unknown, toolApproval?: ToolCall["toolApproval"]): ToolCall | undefined {
  const { toolName, toolCallId, providerExecuted } = asRecord(part) ?? {};
  if (!isString(toolName) || !isString(toolCallId)) return undefined;
  const toolType = providerExecuted === true ? "extension" : "function";
  return { toolName, toolCallId, toolType, toolApproval };
}

function partsOf(content: unknown): UnknownRecord[] {
  return Array.isArray(content) ? content.filter(isRecord) : [];
}
