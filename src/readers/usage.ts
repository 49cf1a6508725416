/**
 * Token usage in the shapes of the three provider specifications: flat counts (V2) or counts by part (V3, V4).
 */
import type { TokenUsage } from "../semconv/records.ts";
import { isRecord, property, tokenCount, type UnknownRecord } from "./guards.ts";

/**
 * V2 has no count of tokens written to a cache. Anthropic's provider gives it in its metadata, and leaves both cache
 * counts out of the input count (@ai-sdk/anthropic 2.x).
 */
const CACHE_OUTSIDE_INPUT = { provider: "anthropic", cacheWriteTokens: "cacheCreationInputTokens" };

export function readUsage(usage: unknown, providerMetadata: unknown): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const input = usage["inputTokens"];
  const output = usage["outputTokens"];
  const byPart = isRecord(input) || isRecord(output);
  return byPart
    ? {
        inputTokens: tokenCount(property(input, "total")),
        outputTokens: tokenCount(property(output, "total")),
        cacheReadTokens: tokenCount(property(input, "cacheRead")),
        cacheWriteTokens: tokenCount(property(input, "cacheWrite")),
        reasoningTokens: tokenCount(property(output, "reasoning")),
      }
    : readFlatUsage(usage, property(providerMetadata, CACHE_OUTSIDE_INPUT.provider));
}

function readFlatUsage(usage: UnknownRecord, metadata: unknown): TokenUsage {
  const inputTokens = tokenCount(usage["inputTokens"]);
  const cacheReadTokens = tokenCount(usage["cachedInputTokens"]);
  const cacheWriteTokens = tokenCount(property(metadata, CACHE_OUTSIDE_INPUT.cacheWriteTokens));
  const isOutside = isRecord(metadata) && inputTokens !== undefined;
  return {
    inputTokens: isOutside ? inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : inputTokens,
    outputTokens: tokenCount(usage["outputTokens"]),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: tokenCount(usage["reasoningTokens"]),
  };
}
