/**
 * Reads token counts that a provider reports during its answer. The counts of the whole answer are in the `finish`
 * part. An interrupted answer has no such counts, so it keeps these.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, type UnknownRecord } from "../foundation/structure.ts";
import { addUsage } from "./usage.ts";

type CountName = keyof TokenUsage;

/**
 * Counts in the first event of Anthropic's API. The event's output count covers only the first token, so it is not
 * read.
 */
const INPUT: readonly CountName[] = ["inputTokens", "cacheReadTokens", "cacheWriteTokens"];
/**
 * Counts in Anthropic's `message_delta` event, which comes right before the last event. The event's input count leaves cached tokens
 * out, so it is not read.
 */
const OUTPUT: readonly CountName[] = ["outputTokens", "reasoningTokens"];
const ALL: readonly CountName[] = [...INPUT, ...OUTPUT];

/** @param part a `custom` part. Anthropic's package uses it to pass on the counts of the first event (v7). */
export function addCustomUsage(response: TokenUsage, part: UnknownRecord): void {
  if (part.kind !== "anthropic.message_start") return;
  addCounts(response, asRecord(asRecord(part.providerMetadata)?.anthropic)?.usage, INPUT);
}

/**
 * @param part a `raw` part, which has one event of the provider's API. The stream has such parts only with
 *   `includeRawChunks`.
 */
export function addRawUsage(response: TokenUsage, part: UnknownRecord, providerId: string | undefined): void {
  const event = asRecord(part.rawValue);
  if (event?.type === "message_start") return addCounts(response, asRecord(event.message)?.usage, INPUT);
  const names = event?.type === "message_delta" ? OUTPUT : ALL;
  // The counts are in `usage` in chat completions, and in `usageMetadata` in Google's chunks.
  addCounts(response, event?.usage ?? event?.usageMetadata, names, {
    providerId,
    isGoogle: event?.usageMetadata !== undefined,
  });
}

/** Restores the counts that the `finish` part of an interrupted answer does not have. */
export function restoreUsage(response: TokenUsage, before: TokenUsage): void {
  for (const name of ALL) response[name] ??= before[name];
}

interface ProviderAPI {
  readonly providerId: string | undefined;
  readonly isGoogle: boolean;
}

/**
 * @param raw the counts as the provider's API sends them
 * @param api the provider; `undefined` for Anthropic
 */
function addCounts(response: TokenUsage, raw: unknown, names: readonly CountName[], api?: ProviderAPI): void {
  if (asRecord(raw) === undefined) return;
  const counts: TokenUsage = {};
  // `addUsage` replaces a 0 by the count in `raw`. The metadata makes it use the provider's rules: for example, it adds
  // cached tokens to Anthropic's input count.
  const metadata = api ? (api.isGoogle ? { google: {} } : {}) : { anthropic: {} };
  addUsage(counts, { inputTokens: 0, outputTokens: 0, raw }, metadata, api?.providerId);
  for (const name of names) response[name] = counts[name] ?? response[name];
}
