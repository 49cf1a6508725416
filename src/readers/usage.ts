/**
 * Token usage in the shapes of the three provider specifications, flat counts (V2) or counts by part (V3, V4), and of the
 * SDK's own steps, flat with (v6, v7) or without (v5) details.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { isRecord, asRecord, tokenCount, type UnknownRecord } from "./guards.ts";

export function readUsage(usage: unknown, providerMetadata: unknown): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const input = usage.inputTokens;
  const output = usage.outputTokens;
  const byPart = isRecord(input) || isRecord(output);
  return byPart
    ? {
        inputTokens: tokenCount(asRecord(input)?.total),
        outputTokens: tokenCount(asRecord(output)?.total),
        cacheReadTokens: tokenCount(asRecord(input)?.cacheRead),
        cacheWriteTokens: tokenCount(asRecord(input)?.cacheWrite),
        reasoningTokens: tokenCount(asRecord(output)?.reasoning),
      }
    : readFlatUsage(usage, asRecord(providerMetadata)?.anthropic);
}

/**
 * V2 has no count of tokens written to a cache. Anthropic's provider gives it in its metadata, and leaves both cache
 * counts out of the input count (@ai-sdk/anthropic 2.x).
 */
function readFlatUsage(usage: UnknownRecord, metadata: unknown): TokenUsage {
  const inputTokens = tokenCount(usage.inputTokens);
  const inputDetails = asRecord(usage.inputTokenDetails);
  const cacheReadTokens = tokenCount(inputDetails?.cacheReadTokens ?? usage.cachedInputTokens);
  const cacheWriteTokens = tokenCount(inputDetails?.cacheWriteTokens ?? asRecord(metadata)?.cacheCreationInputTokens);
  const isOutside = isRecord(metadata) && inputDetails === undefined && inputTokens !== undefined;
  return {
    inputTokens: isOutside ? inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : inputTokens,
    outputTokens: tokenCount(usage.outputTokens),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: tokenCount(asRecord(usage.outputTokenDetails)?.reasoningTokens ?? usage.reasoningTokens),
  };
}
