/**
 * The field of each wire format that a token count is read from, as docs/reference/telemetry.md lists them.
 */
import type { USAGE_KEYS } from "../../src/semconv/attributes.ts";

/** The format's name in the table. */
export const wireFormats: Readonly<Record<string, string>> = {
  chat: "OpenAI Chat, compatible",
  responses: "OpenAI Responses",
  anthropic: "Anthropic",
  google: "Google",
};

type Fields = Readonly<Record<string, string>>;

export const wireCounts: Readonly<Record<keyof typeof USAGE_KEYS, Fields>> = {
  inputTokens: {
    chat: "`prompt_tokens`",
    responses: "`input_tokens`",
    anthropic: "`input_tokens` + `cache_read_input_tokens` + `cache_creation_input_tokens`",
    google:
      "`promptTokenCount` + `toolUsePromptTokenCount`; Interactions: `total_input_tokens` + `total_tool_use_tokens`",
  },
  outputTokens: {
    chat: "`completion_tokens`, + `reasoning_tokens` where `total_tokens` counts them beside it",
    responses: "`output_tokens`",
    anthropic: "`output_tokens`",
    google: "`candidatesTokenCount` + `thoughtsTokenCount`; `total_output_tokens` + `total_thought_tokens`",
  },
  cacheReadTokens: {
    chat: "`prompt_tokens_details.cached_tokens`; `cached_tokens`, `prompt_cache_hit_tokens` (v6, v7)",
    responses: "`input_tokens_details.cached_tokens`",
    anthropic: "`cache_read_input_tokens`",
    google: "`cachedContentTokenCount`; `total_cached_tokens`",
  },
  cacheWriteTokens: {
    chat: "`prompt_tokens_details.cache_write_tokens`, `.cache_creation_input_tokens` (v6, v7)",
    responses: "`input_tokens_details.cache_write_tokens` (v6, v7)",
    anthropic: "`cache_creation_input_tokens`",
  },
  reasoningTokens: {
    chat: "`completion_tokens_details.reasoning_tokens`",
    responses: "`output_tokens_details.reasoning_tokens`",
    anthropic: "`output_tokens_details.thinking_tokens`",
    google: "`thoughtsTokenCount`; `total_thought_tokens`",
  },
};
