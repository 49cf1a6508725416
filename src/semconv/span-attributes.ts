/**
 * Records to the attributes of a recording span. Pure; absent values set no key, and 0 is never put in place of
 * unknown.
 */
import * as key from "./attributes.ts";
import type { ModelResponse, Outcome, RequestSettings, TokenUsage, Turn } from "./records.ts";
import type { SpanAttributes } from "./span-spec.ts";
import type { VendorKeys } from "./vendor-keys.ts";

type Value = SpanAttributes[string] | undefined;

function put(attributes: SpanAttributes, name: string, value: Value): void {
  if (value !== undefined) attributes[name] = value;
}

/** The settings that the conventions allow on invoke_agent and chat alike. */
export function addRequestSettings(attributes: SpanAttributes, settings: RequestSettings): void {
  put(attributes, key.ATTR_REQUEST_MAX_TOKENS, settings.maxTokens);
  put(attributes, key.ATTR_REQUEST_TEMPERATURE, settings.temperature);
  put(attributes, key.ATTR_REQUEST_TOP_P, settings.topP);
  put(attributes, key.ATTR_REQUEST_FREQUENCY_PENALTY, settings.frequencyPenalty);
  put(attributes, key.ATTR_REQUEST_PRESENCE_PENALTY, settings.presencePenalty);
  put(attributes, key.ATTR_REQUEST_SEED, settings.seed);
  put(attributes, key.ATTR_REQUEST_STOP_SEQUENCES, settings.stopSequences);
}

/** Settings that only a chat span may carry. */
export function addChatSettings(
  attributes: SpanAttributes,
  settings: RequestSettings,
  streaming: boolean,
): void {
  addRequestSettings(attributes, settings);
  put(attributes, key.ATTR_REQUEST_TOP_K, settings.topK);
  put(attributes, key.ATTR_REQUEST_REASONING_LEVEL, settings.reasoningLevel);
  if (streaming) attributes[key.ATTR_REQUEST_STREAM] = true;
}

export function addJsonOutput(attributes: SpanAttributes): void {
  attributes[key.ATTR_OUTPUT_TYPE] = key.OUTPUT_TYPE_JSON;
}

export function addResponse(attributes: SpanAttributes, response: ModelResponse): void {
  put(attributes, key.ATTR_RESPONSE_ID, response.id);
  put(attributes, key.ATTR_RESPONSE_MODEL, response.model);
  put(attributes, key.ATTR_RESPONSE_TIME_TO_FIRST_CHUNK, response.timeToFirstChunkSeconds);
  addFinishReason(attributes, response.finishReason);
  if (response.usage !== undefined) addUsage(attributes, response.usage);
}

export function addFinishReason(attributes: SpanAttributes, finishReason: string | undefined): void {
  if (finishReason !== undefined) attributes[key.ATTR_RESPONSE_FINISH_REASONS] = [finishReason];
}

export function addUsage(attributes: SpanAttributes, usage: TokenUsage): void {
  put(attributes, key.ATTR_USAGE_INPUT_TOKENS, usage.inputTokens);
  put(attributes, key.ATTR_USAGE_OUTPUT_TOKENS, usage.outputTokens);
  put(attributes, key.ATTR_USAGE_CACHE_READ_INPUT_TOKENS, usage.cacheReadTokens);
  put(attributes, key.ATTR_USAGE_CACHE_WRITE_INPUT_TOKENS, usage.cacheWriteTokens);
  put(attributes, key.ATTR_USAGE_REASONING_OUTPUT_TOKENS, usage.reasoningTokens);
}

export function addConversation(attributes: SpanAttributes, turn: Turn): void {
  put(attributes, key.ATTR_CONVERSATION_ID, turn.conversationId);
}

/** Identity beyond the name (which is a start attribute) and the caller's metadata: invoke_agent only. */
export function addTurn(attributes: SpanAttributes, turn: Turn, keys: VendorKeys): void {
  addConversation(attributes, turn);
  put(attributes, key.ATTR_AGENT_ID, turn.agentId);
  put(attributes, key.ATTR_AGENT_VERSION, turn.agentVersion);
  if (turn.metadata === undefined) return;
  for (const [name, value] of turn.metadata) {
    attributes[name === "userId" ? key.ATTR_USER_ID : keys.turn(name)] = value;
  }
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
  return {
    inputTokens: sum(total.inputTokens, next.inputTokens),
    outputTokens: sum(total.outputTokens, next.outputTokens),
    cacheReadTokens: sum(total.cacheReadTokens, next.cacheReadTokens),
    cacheWriteTokens: sum(total.cacheWriteTokens, next.cacheWriteTokens),
    reasoningTokens: sum(total.reasoningTokens, next.reasoningTokens),
  };
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : left + right;
}
