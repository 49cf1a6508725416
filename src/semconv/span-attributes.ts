/**
 * Records to the attributes of a recording span. Pure; absent values set no key, and 0 is never put in place of
 * unknown.
 */
import * as key from "./attributes.ts";
import type { ModelResponse, NumericSetting, Outcome, RequestSettings, TokenCount, TokenUsage, Turn } from "./records.ts";
import type { SpanAttributes } from "./span-spec.ts";
import type { VendorKeys } from "./vendor-keys.ts";

type Keys<Name extends string> = readonly (readonly [Name, string])[];

const SETTINGS: Keys<NumericSetting | "stopSequences"> = [
  ["maxOutputTokens", key.ATTR_REQUEST_MAX_TOKENS],
  ["temperature", key.ATTR_REQUEST_TEMPERATURE],
  ["topP", key.ATTR_REQUEST_TOP_P],
  ["frequencyPenalty", key.ATTR_REQUEST_FREQUENCY_PENALTY],
  ["presencePenalty", key.ATTR_REQUEST_PRESENCE_PENALTY],
  ["seed", key.ATTR_REQUEST_SEED],
  ["stopSequences", key.ATTR_REQUEST_STOP_SEQUENCES],
];

/** The conventions have no such keys on invoke_agent. */
const CHAT_ONLY_SETTINGS: Keys<keyof RequestSettings> = [
  ["topK", key.ATTR_REQUEST_TOP_K],
  ["reasoning", key.ATTR_REQUEST_REASONING_LEVEL],
];

const USAGE: Keys<TokenCount> = [
  ["inputTokens", key.ATTR_USAGE_INPUT_TOKENS],
  ["outputTokens", key.ATTR_USAGE_OUTPUT_TOKENS],
  ["cacheReadTokens", key.ATTR_USAGE_CACHE_READ_INPUT_TOKENS],
  ["cacheWriteTokens", key.ATTR_USAGE_CACHE_WRITE_INPUT_TOKENS],
  ["reasoningTokens", key.ATTR_USAGE_REASONING_OUTPUT_TOKENS],
];

function put(attributes: SpanAttributes, name: string, value: SpanAttributes[string] | undefined): void {
  if (value !== undefined) attributes[name] = value;
}

function putAll<Name extends string>(
  attributes: SpanAttributes,
  keys: Keys<Name>,
  record: { readonly [name in Name]?: SpanAttributes[string] | undefined },
): void {
  for (const [name, attribute] of keys) put(attributes, attribute, record[name]);
}

export function addAgentSettings(attributes: SpanAttributes, settings: RequestSettings): void {
  putAll(attributes, SETTINGS, settings);
}

export function addChatSettings(attributes: SpanAttributes, settings: RequestSettings, streaming: boolean): void {
  putAll(attributes, SETTINGS, settings);
  putAll(attributes, CHAT_ONLY_SETTINGS, settings);
  if (streaming) attributes[key.ATTR_REQUEST_STREAM] = true;
}

export function addJsonOutput(attributes: SpanAttributes): void {
  attributes[key.ATTR_OUTPUT_TYPE] = key.OUTPUT_TYPE_JSON;
}

export function addResponse(attributes: SpanAttributes, response: ModelResponse): void {
  put(attributes, key.ATTR_RESPONSE_ID, response.id);
  put(attributes, key.ATTR_RESPONSE_MODEL, response.model);
  put(attributes, key.ATTR_RESPONSE_TIME_TO_FIRST_CHUNK, response.timeToFirstChunkSeconds);
  addTotals(attributes, response.finishReason, response.usage);
}

export function addTotals(
  attributes: SpanAttributes,
  finishReason: string | undefined,
  usage: TokenUsage | undefined,
): void {
  if (finishReason !== undefined) attributes[key.ATTR_RESPONSE_FINISH_REASONS] = [finishReason];
  if (usage !== undefined) putAll(attributes, USAGE, usage);
}

export function addConversation(attributes: SpanAttributes, turn: Turn): void {
  put(attributes, key.ATTR_CONVERSATION_ID, turn.conversationId);
}

/** Identity beyond the name (which is a start attribute) and the caller's metadata: invoke_agent only. */
export function addTurn(attributes: SpanAttributes, turn: Turn, keys: VendorKeys): void {
  addConversation(attributes, turn);
  put(attributes, key.ATTR_AGENT_ID, turn.agentId);
  put(attributes, key.ATTR_AGENT_VERSION, turn.agentVersion);
  turn.metadata?.forEach((value, name) => {
    attributes[keys.metadata(name)] = value;
  });
}

export function addToolCallId(attributes: SpanAttributes, callId: string | undefined): void {
  put(attributes, key.ATTR_TOOL_CALL_ID, callId);
}

export function addOutcome(attributes: SpanAttributes, outcome: Outcome, keys: VendorKeys): void {
  if (outcome.status === "error") attributes[key.ATTR_ERROR_TYPE] = outcome.errorType;
  if (outcome.status !== "canceled") return;
  attributes[keys.canceled] = true;
  attributes[keys.cancelCause] = outcome.cause;
}

/** Adds up usage; a count stays absent until some call reported it. */
export function sumUsage(total: TokenUsage | undefined, next: TokenUsage): TokenUsage {
  if (total === undefined) return next;
  const sum: { [name in TokenCount]?: number | undefined } = { ...total };
  for (const [name] of USAGE) {
    const count = next[name];
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}
