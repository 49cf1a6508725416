/**
 * Reads facts of a span whose attribute key differs between versions of the GenAI conventions. Keys are tried from the
 * newest on, so the page can show spans of several versions.
 */
import type { StoredSpan } from "../traces/span-record.ts";

/**
 * The newest key is first. Before 1.27, the keys of tokens ended in `prompt_tokens` and `completion_tokens`. Before
 * 1.37, the provider was `gen_ai.system`.
 */
const TOKEN_KEYS = {
  input: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"],
  cached: ["gen_ai.usage.cache_read.input_tokens"],
  output: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"],
  reasoning: ["gen_ai.usage.reasoning.output_tokens"],
} as const;
const PROVIDER_KEYS = ["gen_ai.provider.name", "gen_ai.system"];

export type TokenName = keyof typeof TOKEN_KEYS;

/** @returns `undefined` if the span has no such count */
export function tokensOf({ attributes }: StoredSpan, name: TokenName): number | undefined {
  for (const key of TOKEN_KEYS[name]) {
    const count = attributes[key];
    if (typeof count === "number") return count;
  }
  return undefined;
}

export function providerOf({ attributes }: StoredSpan): string | undefined {
  const key = PROVIDER_KEYS.find((each) => attributes[each] !== undefined);
  return key === undefined ? undefined : String(attributes[key]);
}

/** Milliseconds from the start of the span to the first output. */
export function firstChunkOf({ attributes }: StoredSpan): number | undefined {
  const seconds = attributes["gen_ai.response.time_to_first_chunk"];
  return typeof seconds === "number" ? seconds * 1_000 : undefined;
}
