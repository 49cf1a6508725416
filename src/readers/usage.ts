/**
 * Token usage in the shapes of the three provider specifications: flat counts (V2, media), counts by part (V3, V4) or one
 * count (embeddings).
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, tokenCount } from "./guards.ts";

export function readUsage(usage: unknown, providerMetadata: unknown): TokenUsage {
  const counts = asRecord(usage);
  const input = asRecord(counts?.inputTokens);
  const output = asRecord(counts?.outputTokens);
  // V2 has no count of tokens written to a cache. Anthropic's provider gives it in its metadata, and leaves both cache
  // counts out of the input count (@ai-sdk/anthropic 2.x).
  const anthropic = input ? undefined : asRecord(asRecord(providerMetadata)?.anthropic);
  const cacheReadTokens = tokenCount(input?.cacheRead ?? counts?.cachedInputTokens);
  const cacheWriteTokens = tokenCount(input?.cacheWrite ?? anthropic?.cacheCreationInputTokens);
  const outside = anthropic ? (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : 0;
  return {
    inputTokens: tokenCount(
      (tokenCount(input ? input.total : (counts?.inputTokens ?? counts?.tokens)) ?? NaN) + outside,
    ),
    outputTokens: tokenCount(output ? output.total : counts?.outputTokens),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: tokenCount(output?.reasoning ?? counts?.reasoningTokens),
  };
}
