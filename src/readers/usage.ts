/**
 * Token usage in the shapes of the three provider specifications: flat counts (V2, media), counts by part (V3, V4) or one
 * count (embeddings). Where a provider package leaves something out or makes something up, its copy of the wire's own
 * counts tells.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, isRecord, tokenCount, type UnknownRecord } from "./structure.ts";

export function addUsage(response: TokenUsage, usage: unknown, providerMetadata: unknown): void {
  const counts = asRecord(usage);
  const input = asRecord(counts?.inputTokens);
  const output = asRecord(counts?.outputTokens);
  // V2 has neither the wire's counts nor all parts of them: two packages give them in their metadata.
  const { anthropic, google } = (input ? undefined : asRecord(providerMetadata)) ?? {};
  const raw = asRecord(counts?.raw ?? asRecord(anthropic)?.usage ?? asRecord(google)?.usageMetadata);
  const cacheReadTokens = reported(input?.cacheRead ?? counts?.cachedInputTokens, raw, /cache/i);
  const cacheWriteTokens = reported(
    input?.cacheWrite ?? asRecord(anthropic)?.cacheCreationInputTokens,
    raw,
    /cache/i,
  );
  const reasoningTokens = reported(
    output?.reasoning ?? counts?.reasoningTokens ?? asRecord(raw?.output_tokens_details)?.thinking_tokens,
    raw,
    /reason|think|thought/i,
  );
  let inputTokens = reported(
    input ? input.total : (counts?.inputTokens ?? counts?.tokens),
    raw,
    /prompt|input/i,
  );
  let outputTokens = reported(
    output ? output.total : counts?.outputTokens,
    raw,
    /output|completion|candidate/i,
  );
  // @ai-sdk/anthropic 2.x leaves both cache counts out of the input, @ai-sdk/google 2.x thoughts out of the output.
  if (anthropic) inputTokens = sum(inputTokens, (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0));
  if (google) outputTokens = reasoningTokens ? sum(outputTokens ?? 0, reasoningTokens) : outputTokens;
  // Google counts what its own tools read beside the prompt: its packages add it on v7 only.
  const outside = (tokenCount(raw?.totalTokenCount) ?? 0) - (outputTokens ?? 0);
  if (inputTokens !== undefined) inputTokens = Math.max(inputTokens, outside);
  response.inputTokens = inputTokens;
  response.outputTokens = outputTokens;
  response.cacheReadTokens = cacheReadTokens;
  response.cacheWriteTokens = cacheWriteTokens;
  response.reasoningTokens = reasoningTokens;
}

function sum(count: number | undefined, more: number): number | undefined {
  return count === undefined ? undefined : count + more;
}

/** A count; a 0 that stands where the wire has no such count is the package's word for unknown (V3, V4). */
function reported(value: unknown, raw: UnknownRecord | undefined, name: RegExp): number | undefined {
  const count = tokenCount(value);
  return count === 0 && raw && !hasCount(raw, name) ? undefined : count;
}

/** Whether the wire's counts, or the parts one level below them, have one of that name. */
function hasCount(raw: UnknownRecord, name: RegExp): boolean {
  return [raw, ...Object.values(raw)].some(
    (part) =>
      isRecord(part) &&
      Object.keys(part).some((key) => name.test(key) && tokenCount(part[key]) !== undefined),
  );
}
