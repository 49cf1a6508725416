/**
 * Token usage in the shapes of the three provider specifications: flat counts (V2) or counts by part (V3, V4).
 */
import type { TokenUsage } from "../semconv/records.ts";
import { isRecord, property, tokenCount } from "./guards.ts";

export function readUsage(usage: unknown): TokenUsage | undefined {
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
    : {
        inputTokens: tokenCount(input),
        outputTokens: tokenCount(output),
        cacheReadTokens: tokenCount(usage["cachedInputTokens"]),
        reasoningTokens: tokenCount(usage["reasoningTokens"]),
      };
}
