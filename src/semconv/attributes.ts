/**
 * Attribute keys and values of the OpenTelemetry GenAI conventions, and nothing that uses them.
 *
 * Copied from open-telemetry/semantic-conventions-genai: `fe5608e` (2026-08-03) with the later `88eccb1`
 * (spans) and `b3f87da` (registry) on top. The npm package froze and deprecated its GenAI part, so these are
 * not imported from there. `error.type` and `user.id`: core conventions v1.44.0.
 */
export const ATTR_ERROR_TYPE = "error.type";
export const ATTR_USER_ID = "user.id";

export const ATTR_OPERATION_NAME = "gen_ai.operation.name";
export const ATTR_PROVIDER_NAME = "gen_ai.provider.name";
export const ATTR_OUTPUT_TYPE = "gen_ai.output.type";
export const ATTR_CONVERSATION_ID = "gen_ai.conversation.id";

export const ATTR_AGENT_ID = "gen_ai.agent.id";
export const ATTR_AGENT_NAME = "gen_ai.agent.name";
export const ATTR_AGENT_VERSION = "gen_ai.agent.version";

export const ATTR_REQUEST_MODEL = "gen_ai.request.model";
export const ATTR_REQUEST_STREAM = "gen_ai.request.stream";
export const ATTR_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens";
export const ATTR_REQUEST_TEMPERATURE = "gen_ai.request.temperature";
export const ATTR_REQUEST_TOP_P = "gen_ai.request.top_p";
export const ATTR_REQUEST_TOP_K = "gen_ai.request.top_k";
export const ATTR_REQUEST_FREQUENCY_PENALTY = "gen_ai.request.frequency_penalty";
export const ATTR_REQUEST_PRESENCE_PENALTY = "gen_ai.request.presence_penalty";
export const ATTR_REQUEST_SEED = "gen_ai.request.seed";
export const ATTR_REQUEST_STOP_SEQUENCES = "gen_ai.request.stop_sequences";
export const ATTR_REQUEST_REASONING_LEVEL = "gen_ai.request.reasoning.level";

export const ATTR_RESPONSE_ID = "gen_ai.response.id";
export const ATTR_RESPONSE_MODEL = "gen_ai.response.model";
export const ATTR_RESPONSE_FINISH_REASONS = "gen_ai.response.finish_reasons";
export const ATTR_RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";

export const ATTR_USAGE_INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const ATTR_USAGE_OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const ATTR_USAGE_CACHE_READ_INPUT_TOKENS = "gen_ai.usage.cache_read.input_tokens";
export const ATTR_USAGE_CACHE_WRITE_INPUT_TOKENS = "gen_ai.usage.cache_write.input_tokens";
export const ATTR_USAGE_REASONING_OUTPUT_TOKENS = "gen_ai.usage.reasoning.output_tokens";

export const ATTR_TOOL_NAME = "gen_ai.tool.name";
export const ATTR_TOOL_TYPE = "gen_ai.tool.type";
export const ATTR_TOOL_CALL_ID = "gen_ai.tool.call.id";

export const OPERATION_INVOKE_AGENT = "invoke_agent";
export const OPERATION_CHAT = "chat";
export const OPERATION_EXECUTE_TOOL = "execute_tool";
export const OUTPUT_TYPE_JSON = "json";
export const TOOL_TYPE_FUNCTION = "function";
export const ERROR_TYPE_OTHER = "_OTHER";
/** Ours: a deadline is an error of its own kind, whatever class the runtime throws for it. */
export const ERROR_TYPE_TIMEOUT = "timeout";
