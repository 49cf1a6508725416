/**
 * Which token counts are recorded if a package's counts differ from those on the wire.
 *
 * Holds: usage.
 */
import { expect, test } from "vitest";
import { addUsage } from "../../src/readers/usage.ts";
import type { TokenUsage } from "../../src/semconv/records.ts";

/** Counts by part (V3, V4), as packages make them: 0 for a part that the wire does not have. */
function byPart(raw: object, input = 100, output = 20): object {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
    raw,
  };
}

function read(usage: object, providerMetadata?: object, providerId?: string): TokenUsage {
  const response: TokenUsage = {};
  addUsage(response, usage, providerMetadata, providerId);
  return Object.fromEntries(Object.entries(response).filter(([, count]) => count !== undefined));
}

const totals = { inputTokens: 100, outputTokens: 20 };
const wireTotals = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

test.each<[title: string, raw: object, parts: TokenUsage]>([
  ["nothing", {}, {}],
  ["null", { prompt_tokens_details: null, cached_tokens: null }, {}],
  ["a discount for cached tokens", { cache_discount: 0, cache_type: "ephemeral" }, {}],
  ["tokens that were not in the cache", { prompt_cache_miss_tokens: 100 }, {}],
  ["the time of reasoning", { reasoning_time: 3 }, {}],
  ["half a token", { cached_tokens: 0.5 }, {}],
  ["0 cached tokens", { prompt_tokens_details: { cached_tokens: 0 } }, { cacheReadTokens: 0 }],
  ["cached tokens alone", { prompt_tokens_details: { cached_tokens: 64 } }, { cacheReadTokens: 64 }],
  ["cached tokens beside the totals", { cached_tokens: 64 }, { cacheReadTokens: 64 }],
  ["cached tokens of Mistral", { num_cached_tokens: 64 }, { cacheReadTokens: 64 }],
  ["hits of the cache", { prompt_cache_hit_tokens: 64 }, { cacheReadTokens: 64 }],
  ["cached tokens of Bedrock", { cacheReadInputTokens: 64 }, { cacheReadTokens: 64 }],
  ["written tokens alone", { cacheWriteInputTokens: 32 }, { cacheWriteTokens: 32 }],
  ["0 written tokens", { cache_creation_input_tokens: 0 }, { cacheWriteTokens: 0 }],
  ["0 reasoning tokens", { completion_tokens_details: { reasoning_tokens: 0 } }, { reasoningTokens: 0 }],
])("of zeros that a package makes those stay that the wire has: %s", (_title, raw, parts) => {
  expect(read(byPart({ ...wireTotals, ...raw }))).toEqual({ ...totals, ...parts });
});

test.each<[title: string, raw: object, expected: TokenUsage]>([
  ["nothing", {}, {}],
  ["parts of totals alone", { input_tokens_details: { cached_tokens: 0 } }, { cacheReadTokens: 0 }],
  ["what is cached of the input", { cache_read_input_tokens: 0 }, { cacheReadTokens: 0 }],
  ["0 of all", { input_tokens: 0, output_tokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
])("of totals that are 0 those stay that the wire has: %s", (_title, raw, expected) => {
  expect(read(byPart(raw, 0, 0))).toEqual(expected);
});

test("a package's counts are recorded if it has no counts of the wire", () => {
  expect(read({ ...byPart({}), raw: undefined })).toEqual({
    ...totals,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  });
});

const reasoning = { completion_tokens_details: { reasoning_tokens: 50 } };

test.each<[title: string, total: number | undefined, providerId: string | undefined, output: number]>([
  ["beside the output", 170, undefined, 70],
  ["within the output", 120, undefined, 20],
  ["in no total", undefined, undefined, 20],
  ["in a total of something else as well", 171, undefined, 20],
  ["in a total twice", 170, "deepinfra.chat", 20],
])("output has the reasoning that the total has: %s", (_title, total, providerId, output) => {
  const raw = { ...wireTotals, total_tokens: total, ...reasoning };
  const counts = { ...totals, outputTokens: output, reasoningTokens: 50 };
  expect(read(byPart(raw), undefined, providerId)).toEqual(counts);
});

test("output includes the reasoning that the total includes on v5", () => {
  const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 170, reasoningTokens: 50 };
  expect(read(usage)).toEqual({ ...totals, outputTokens: 70, reasoningTokens: 50 });
});

test("input includes the tokens of Google's tools if the total includes them", () => {
  const raw = { total_input_tokens: 100, total_output_tokens: 20, total_tool_use_tokens: 900 };
  const usage = byPart({ ...raw, total_tokens: 1020 });
  expect(read(usage)).toEqual({ ...totals, inputTokens: 1000 });
  expect(read(byPart({ ...raw, total_tokens: 120 }))).toEqual(totals);
});

test("tokens of Google's tools are not mistaken for an equal count of thoughts", () => {
  const raw = { total_tool_use_tokens: 50, total_thought_tokens: 50, total_tokens: 170 };
  const usage = { ...byPart(raw), outputTokens: { total: 20, reasoning: 50 } };
  expect(read(usage)).toEqual({ inputTokens: 150, outputTokens: 20, reasoningTokens: 50 });
});

test("input includes what Bedrock's package of v5 counts beside it", () => {
  const usage = { inputTokens: 31, outputTokens: 18, totalTokens: 49, cachedInputTokens: 2048 };
  const written = { bedrock: { usage: { cacheWriteInputTokens: 512 } } };
  const counts = { outputTokens: 18, cacheReadTokens: 2048 };
  expect(read(usage, written)).toEqual({ ...counts, inputTokens: 2591, cacheWriteTokens: 512 });
  expect(read(usage, { bedrock: {} })).toEqual({ ...counts, inputTokens: 2079 });
});
