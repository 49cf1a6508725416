/**
 * Attribute keys and values of the OpenTelemetry GenAI conventions. Each key stands beside its name in our records.
 * Data only.
 *
 * Copied from open-telemetry/semantic-conventions-genai: `fe5608e` (2026-08-03) with the later `88eccb1` (spans) and
 * `b3f87da` (registry). The conventions' npm package froze and deprecated its GenAI part. So only stable keys of the
 * core conventions are imported from the package, and the build inlines them. `user.id` is not stable (core conventions
 * v1.44.0), so it is copied too.
 */
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ERROR_TYPE_VALUE_OTHER,
} from "@opentelemetry/semantic-conventions";

/** Numeric settings that a run and its model calls both record. The names are the SDK's. */
export const SHARED_SETTING_KEYS = {
  maxOutputTokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  topP: "gen_ai.request.top_p",
  frequencyPenalty: "gen_ai.request.frequency_penalty",
  presencePenalty: "gen_ai.request.presence_penalty",
  seed: "gen_ai.request.seed",
} as const;

/** Token counts. The input count includes cached tokens, and the output count includes reasoning. */
export const USAGE_KEYS = {
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheWriteTokens: "gen_ai.usage.cache_write.input_tokens",
  reasoningTokens: "gen_ai.usage.reasoning.output_tokens",
} as const;

export const ATTRIBUTE_KEYS = {
  ...SHARED_SETTING_KEYS,
  ...USAGE_KEYS,
  requestModel: "gen_ai.request.model",
  stream: "gen_ai.request.stream",
  topK: "gen_ai.request.top_k",
  stopSequences: "gen_ai.request.stop_sequences",
  choiceCount: "gen_ai.request.choice.count",
  reasoning: "gen_ai.request.reasoning.level",

  responseId: "gen_ai.response.id",
  responseModel: "gen_ai.response.model",
  finishReasons: "gen_ai.response.finish_reasons",
  timeToFirstChunkSeconds: "gen_ai.response.time_to_first_chunk",
  dimensionCount: "gen_ai.embeddings.dimension.count",

  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  outputType: "gen_ai.output.type",
  conversationId: "gen_ai.conversation.id",
  agentId: "gen_ai.agent.id",
  agentName: "gen_ai.agent.name",
  agentVersion: "gen_ai.agent.version",
  toolName: "gen_ai.tool.name",
  toolType: "gen_ai.tool.type",
  toolCallId: "gen_ai.tool.call.id",

  mcpMethod: "mcp.method.name",
  mcpSessionId: "mcp.session.id",
  mcpProtocolVersion: "mcp.protocol.version",
  mcpRequestId: "jsonrpc.request.id",

  serverAddress: ATTR_SERVER_ADDRESS,
  serverPort: ATTR_SERVER_PORT,

  errorType: ATTR_ERROR_TYPE,
} as const;

/** Recorded on metrics only. */
export const ATTR_TOKEN_MODALITY = "gen_ai.token.modality";
/** The modality of all token counts. The AI SDK passes on the number of tokens but not their modality. */
export const TOKEN_MODALITY_VALUE_UNKNOWN = "unknown";

export const ATTR_USER_ID = "user.id";

/** `rerank` is ours: the conventions have no such operation (docs/why/decisions). */
export type Operation =
  | "invoke_agent"
  | "chat"
  | "execute_tool"
  | "embeddings"
  | "rerank"
  | "generate_content";
/** `video` is ours: the conventions have no such type. */
export type OutputType = "json" | "text" | "image" | "speech" | "video";
/**
 * Who executes the tool. `function`: the program. `extension`: the provider. `datastore`: the provider, by a search in
 * stored data.
 */
export type ToolType = "function" | "extension" | "datastore";
export const ERROR_TYPE_OTHER = ERROR_TYPE_VALUE_OTHER;
/** Recorded for a tool whose name is not known. */
export const TOOL_NAME_OTHER = "_OTHER";
