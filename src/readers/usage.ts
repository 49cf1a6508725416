/**
 * Token usage in the shapes of the three provider specifications, flat counts (V2) or counts by part (V3, V4), and of the
 * SDK's own steps, flat with (v6, v7) or without (v5) details.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, tokenCount } from "./guards.ts";

/** `undefined` when nothing was counted. */
export function readUsage(usage: unknown, providerMetadata: unknown): TokenUsage | undefined {
  const flat = asRecord(usage);
  const input = asRecord(flat?.inputTokens);
  const output = asRecord(flat?.outputTokens);
  const inputDetails = asRecord(flat?.inputTokenDetails);
  // V2 has no count of tokens written to a cache. Anthropic's provider gives it in its metadata, and leaves both cache
  // counts out of the input count (@ai-sdk/anthropic 2.x).
  const anthropic = input === undefined && inputDetails === undefined ? asRecord(providerMetadata)?.anthropic : undefined;
  const inputTokens = tokenCount(input?.total ?? flat?.inputTokens);
  const cacheReadTokens = tokenCount(input?.cacheRead ?? inputDetails?.cacheReadTokens ?? flat?.cachedInputTokens);
  const cacheWriteTokens = tokenCount(
    input?.cacheWrite ?? inputDetails?.cacheWriteTokens ?? asRecord(anthropic)?.cacheCreationInputTokens,
  );
  const outputTokens = tokenCount(output?.total ?? flat?.outputTokens);
  const reasoningTokens = tokenCount(
    output?.reasoning ?? asRecord(flat?.outputTokenDetails)?.reasoningTokens ?? flat?.reasoningTokens,
  );
  const isOutside = anthropic !== undefined && inputTokens !== undefined;
  const counts = {
    inputTokens: isOutside ? inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) : inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens,
  };
  return Object.values(counts).some((count) => count !== undefined) ? counts : undefined;
}
