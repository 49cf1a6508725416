/**
 * Reads token usage in the shapes of the provider specifications: flat counts (V2, media), nested counts (V3, V4) or
 * one count (embeddings). Some provider packages omit or invent a count. They also pass on the raw counts of the
 * provider's API, which then replace the package's counts.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, isRecord, tokenCount, type UnknownRecord } from "../foundation/structure.ts";

/** What the providers' APIs name each count. */
const INPUT = /^(total_)?(prompt|input)_?token/i;
const OUTPUT = /^(total_)?(completion|output|candidates)_?token/i;
const REASONING = /(reason|think|thought).*token/i;
const CACHE_READ = /(cached|cache_?(read|hit)).*token/i;
const CACHE_WRITE = /cache_?(write|creation).*token/i;

/**
 * @param usage the counts in the shape of a provider specification
 * @param providerMetadata read for V2 only
 * @param providerId the SDK's id of the provider, such as `deepinfra.chat`
 */
export function addUsage(
  response: TokenUsage,
  usage: unknown,
  providerMetadata: unknown,
  providerId?: string,
): void {
  const counts = asRecord(usage);
  const input = asRecord(counts?.inputTokens);
  const output = asRecord(counts?.outputTokens);
  // V2 has no raw counts, and lacks some of the nested counts. Three provider packages put them into their metadata.
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
  // Anthropic's API, and the packages of Anthropic and Bedrock on v5, do not include the cache counts in the input.
  if (anthropic || bedrock) {
    inputTokens = sum(inputTokens, (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0));
  }
  // Google's API, and its packages on v5, do not include reasoning in the output.
  if (google && reasoningTokens) outputTokens = (outputTokens ?? 0) + reasoningTokens;
  const { totalTokenCount, total_tokens: total = counts?.totalTokens, total_tool_use_tokens } = raw ?? {};
  const googleTotal = tokenCount(totalTokenCount ?? (total_tool_use_tokens ? total : undefined));
  const answered = outputTokens ?? 0;
  if (googleTotal !== undefined) {
    // Google counts the input of its tools separately. Its packages add that count to the input of some answers only.
    // So the input is at least the total minus the output.
    if (inputTokens !== undefined) inputTokens = Math.max(inputTokens, googleTotal - answered);
  } else if (reasoningTokens && total === (inputTokens ?? 0) + answered + reasoningTokens) {
    // xAI and similar servers leave reasoning out of the output, so it is added here. DeepInfra's package adds it to
    // the output itself, and adds it twice to the total.
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

/**
 * A total. Packages may write 0 for an unknown count (V3, V4). So a 0 is replaced by the raw count, or by `undefined`
 * if there is none.
 */
function totalOf(raw: UnknownRecord | undefined, name: RegExp, value: unknown): number | undefined {
  const count = tokenCount(value);
  return count === 0 && raw ? rawCount(raw, name) : count;
}

/** A nested count, such as cached tokens. Some packages omit it although the raw counts have it. */
function partOf(raw: UnknownRecord | undefined, name: RegExp, value: unknown): number | undefined {
  const count = tokenCount(value);
  return count || !raw ? count : rawCount(raw, name);
}

/** The first raw count whose name matches, in `raw` or in an object inside it. */
function rawCount(raw: UnknownRecord, name: RegExp): number | undefined {
  return [raw, ...Object.values(raw)]
    .flatMap((part) => (isRecord(part) ? Object.entries(part) : []))
    .map(([key, value]) => (name.test(key) ? tokenCount(value) : undefined))
    .find((count) => count !== undefined);
}
