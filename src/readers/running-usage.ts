/**
 * Token counts that a provider reports while its answer comes in. They are what is known of an answer that is cut short:
 * only a `finish` part has the counts of the whole.
 */
import type { TokenUsage } from "../semconv/records.ts";
import { asRecord, type UnknownRecord } from "../foundation/structure.ts";
import { addUsage } from "./usage.ts";

type CountName = keyof TokenUsage;

/** What the first event of Anthropic's wire says. Its count of the output is that of the first token. */
const INPUT: readonly CountName[] = ["inputTokens", "cacheReadTokens", "cacheWriteTokens"];
/** What its last but one says. The input there leaves out the cached tokens. */
const OUTPUT: readonly CountName[] = ["outputTokens", "reasoningTokens"];
const ALL: readonly CountName[] = [...INPUT, ...OUTPUT];

/** @param part a `custom` part: Anthropic's package passes on the first event's counts by itself (v7) */
export function addCustomUsage(response: TokenUsage, part: UnknownRecord): void {
  if (part.kind !== "anthropic.message_start") return;
  addCounts(response, asRecord(asRecord(part.providerMetadata)?.anthropic)?.usage, INPUT);
}

/** @param part a `raw` part: an event of the wire, where the program asks for them (`includeRawChunks`) */
export function addRawUsage(response: TokenUsage, part: UnknownRecord, providerId: string | undefined): void {
  const event = asRecord(part.rawValue);
  if (event?.type === "message_start") return addCounts(response, asRecord(event.message)?.usage, INPUT);
  const names = event?.type === "message_delta" ? OUTPUT : ALL;
  // Chat completions, and Google's chunks.
  addCounts(response, event?.usage ?? event?.usageMetadata, names, {
    providerId,
    isGoogle: event?.usageMetadata !== undefined,
  });
}

/** What an answer that was cut short said last, and before. */
export function keepUsage(response: TokenUsage, before: TokenUsage): void {
  for (const name of ALL) response[name] ??= before[name];
}

interface Wire {
  readonly providerId: string | undefined;
  readonly isGoogle: boolean;
}

/** @param raw the wire's own counts */
function addCounts(response: TokenUsage, raw: unknown, names: readonly CountName[], wire?: Wire): void {
  if (asRecord(raw) === undefined) return;
  const counts: TokenUsage = {};
  // A 0 beside the wire's counts is a package's word for unknown. Without a wire it is Anthropic's.
  const metadata = wire ? (wire.isGoogle ? { google: {} } : {}) : { anthropic: {} };
  addUsage(counts, { inputTokens: 0, outputTokens: 0, raw }, metadata, wire?.providerId);
  for (const name of names) response[name] = counts[name] ?? response[name];
}
