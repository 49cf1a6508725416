/**
 * Token usage in the shapes of the three provider specifications: flat counts (V2, media), counts by part (V3, V4) or one
 * count (embeddings). Where a provider package leaves something out or makes something up, its copy of the wire's
 * counts is read.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, isRecord, tokenCount, type UnknownRecord } from "../foundation/structure.ts";

/** What wires call each count. */
const INPUT = /^(total_)?(prompt|input)_?token/i;
const OUTPUT = /^(total_)?(completion|output|candidates)_?token/i;
const REASONING = /(reason|think|thought).*token/i;
const CACHE_READ = /(cached|cache_?(read|hit)).*token/i;
const CACHE_WRITE = /cache_?(write|creation).*token/i;

export function addUsage(
  response: TokenUsage,
  usage: unknown,
  providerMetadata: unknown,
  providerId?: string,
): void {
  const counts = asRecord(usage);
  const input = asRecord(counts?.inputTokens);
  const output = asRecord(counts?.outputTokens);
  // V2 has neither the wire's counts nor all parts of them: three packages give them in their metadata.
  const { anthropic, bedrock, google } = (input ? undefined : asRecord(providerMetadata)) ?? {};
  const raw = asRecord(counts?.raw ?? asRecord(anthropic)?.usage ?? asRecord(google)?.usageMetadata);
  const cacheReadTokens = partOf(raw, CACHE_READ, input?.cacheRead ?? counts?.cachedInputTokens);
  const cacheWriteTokens = partOf(
    raw,
    CACHE_WRITE,
    input?.cacheWrite ??
      asRecord(anthropic)?.cacheCreationInputTokens ??
      asRecord(asRecord(bedrock)?.usage)?.cacheWriteInputTokens,
  );
  const reasoningTokens = partOf(raw, REASONING, output?.reasoning ?? counts?.reasoningTokens);
  let inputTokens = totalOf(raw, INPUT, input ? input.total : (counts?.inputTokens ?? counts?.tokens));
  let outputTokens = totalOf(raw, OUTPUT, output ? output.total : counts?.outputTokens);
  // Anthropic's and Bedrock's packages of v5 leave both cache counts out of the input.
  if (anthropic || bedrock) {
    inputTokens = sum(inputTokens, (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0));
  }
  // Google's leave thoughts out of the output.
  if (google && reasoningTokens) outputTokens = (outputTokens ?? 0) + reasoningTokens;
  const { totalTokenCount, total_tokens: total = counts?.totalTokens, total_tool_use_tokens } = raw ?? {};
  const googleTotal = tokenCount(totalTokenCount ?? (total_tool_use_tokens ? total : undefined));
  const answered = outputTokens ?? 0;
  if (googleTotal !== undefined) {
    // Google counts what its own tools read beside the prompt: its packages add it to some of its answers only.
    if (inputTokens !== undefined) inputTokens = Math.max(inputTokens, googleTotal - answered);
  } else if (reasoningTokens && total === (inputTokens ?? 0) + answered + reasoningTokens) {
    // xAI and servers like it count reasoning beside the output. DeepInfra's package adds it to both, and to the total
    // twice.
    if (providerId !== "deepinfra.chat") outputTokens = sum(outputTokens, reasoningTokens);
  }
  response.inputTokens = inputTokens;
  response.outputTokens = outputTokens;
  response.cacheReadTokens = cacheReadTokens;
  response.cacheWriteTokens = cacheWriteTokens;
  response.reasoningTokens = reasoningTokens;
}

function sum(count: number | undefined, more: number): number | undefined {
  return count === undefined ? undefined : count + more;
}

/** A 0 may be the package's word for unknown (V3, V4): then the wire has no such count. */
function totalOf(raw: UnknownRecord | undefined, name: RegExp, value: unknown): number | undefined {
  const count = tokenCount(value);
  return count === 0 && raw ? wireCount(raw, name) : count;
}

/** The same of a part, which some packages leave out where the wire has it. */
function partOf(raw: UnknownRecord | undefined, name: RegExp, value: unknown): number | undefined {
  const count = tokenCount(value);
  return count || !raw ? count : wireCount(raw, name);
}

/** What the wire counts under such a name, or the parts one level below do. */
function wireCount(raw: UnknownRecord, name: RegExp): number | undefined {
  return [raw, ...Object.values(raw)]
    .flatMap((part) => (isRecord(part) ? Object.entries(part) : []))
    .map(([key, value]) => (name.test(key) ? tokenCount(value) : undefined))
    .find((count) => count !== undefined);
}
