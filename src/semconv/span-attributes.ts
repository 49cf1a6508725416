/**
 * Records to a span's name and attributes. Pure; absent values set no key, and 0 is never put in place of unknown.
 */
import { ATTRIBUTE_KEYS, ATTR_USER_ID } from "./attributes.ts";
import type { AttributeValue, ModelResponse, Scalar, SpanRecord } from "./records.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** The attribute key of each name in a record. A map, for most look-ups of an object's absent names are slow. */
export type AttributeKeys = ReadonlyMap<string, string>;

/** What spans are told in the words of one version of the conventions. */
export interface SpanVocabulary {
  /** Of the attributes that it puts on spans. */
  readonly spanKeys: AttributeKeys;
  /** Values that it has other words for, by the name of their attribute. */
  readonly wordings?: Readonly<Record<string, ReadonlyMap<string, string>>> | undefined;
}

/** What takes attributes: a span, or what contains its failures. */
export interface AttributeTarget {
  setAttribute(key: string, value: AttributeValue): unknown;
}

/** Longest span name in UTF-8 bytes; a longer one falls back to the bare operation. */
const NAME_LIMIT_BYTES = 64;
/** Longest text of an attribute, in UTF-16 units. */
const TEXT_LIMIT = 1024;
const encoder = new TextEncoder();

/** The conventions' keys, and ours below the caller's prefix. */
export function attributeKeys(namespace: string): AttributeKeys {
  return new Map([
    ...Object.entries(ATTRIBUTE_KEYS),
    ["sdkOperation", `${namespace}.operation.name`],
    ["sdkCallId", `${namespace}.call.id`],
    ["canceled", `${namespace}.canceled`],
    ["cancelCause", `${namespace}.cancel.cause`],
    ["retryCount", `${namespace}.retry.count`],
    ["callCount", `${namespace}.call.count`],
    ["toolApproval", `${namespace}.tool.approval`],
    ["toolRepaired", `${namespace}.tool.repaired`],
    ["toolPending", `${namespace}.tool.pending`],
  ]);
}

/** Below the caller's prefix. */
const TURN_KEYS: ReadonlyMap<string, string> = new Map([
  ["requestId", "turn.request_id"],
  ...["trigger", "admission", "channel", "continuation", "generation"].map(
    (name) => [name, `turn.${name}`] as const,
  ),
]);

/** Metadata whose key is part of the contract. */
export const TURN_NAMES: readonly string[] = ["userId", ...TURN_KEYS.keys()];

export function metadataKey(namespace: string, name: string): string {
  if (name === "userId") return ATTR_USER_ID;
  return `${namespace}.${TURN_KEYS.get(name) ?? `metadata.${name}`}`;
}

/** What samplers look at, when the span starts. Names without a key are left out, here and below. */
export function attributesOf(
  record: SpanRecord,
  vocabularies: readonly SpanVocabulary[],
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const { spanKeys, wordings } of vocabularies) {
    for (const name in record) {
      const value = record[name];
      if (value === undefined) continue;
      const key = spanKeys.get(name);
      if (key) attributes[key] = worded(name, value, wordings);
    }
  }
  return attributes;
}

/** All else, one by one: nothing is built to be taken apart. */
export function setAttributes(
  target: AttributeTarget,
  record: SpanRecord,
  vocabularies: readonly SpanVocabulary[],
): void {
  for (const { spanKeys, wordings } of vocabularies) {
    for (const name in record) {
      const value = record[name];
      if (value === undefined) continue;
      const key = spanKeys.get(name);
      if (key) target.setAttribute(key, worded(name, value, wordings));
    }
  }
}

/** What the caller says of a run, in its own words. */
export function setMetadata(
  target: AttributeTarget,
  metadata: ReadonlyMap<string, Scalar>,
  namespace: string,
): void {
  for (const [name, value] of metadata) {
    target.setAttribute(metadataKey(namespace, name), worded(name, value, undefined));
  }
}

/** In a vocabulary's words; ids and names are the caller's, the model's and the provider's, and may be of any length. */
export function worded(
  name: string,
  value: AttributeValue,
  wordings: SpanVocabulary["wordings"],
): AttributeValue {
  if (typeof value === "string") return cut(wordings?.[name]?.get(value) ?? value);
  return Array.isArray(value) ? value.map((text) => cut(text)) : value;
}

/** What providers make ids of. */
const ID_PATTERN = /^[\w.:|/+=~-]+$/;

/** The id of a tool call; a client may post any text in the place of one. */
export function readableId(id: string | undefined): string | undefined {
  return id !== undefined && ID_PATTERN.test(id) ? id : undefined;
}

/** @param limit in UTF-16 units */
export function cut(text: string, limit = TEXT_LIMIT): string {
  // Half of a surrogate pair is no text.
  return text.length > limit ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, "") : text;
}

export function spanName(operation: string, target: string | undefined): string {
  if (!target) return operation;
  const name = `${operation} ${target}`;
  // A UTF-16 unit takes three bytes at most, and most targets are short; encoding costs more than counting.
  const fits =
    operation.length + 1 + target.length * 3 <= NAME_LIMIT_BYTES ||
    (name.length <= NAME_LIMIT_BYTES && encoder.encode(name).length <= NAME_LIMIT_BYTES);
  return fits ? name : operation;
}

/** Adds up usage; a count stays absent until some call reported it. The last finish reason is the run's. */
export function addResponse(total: ModelResponse, next: ModelResponse): void {
  total.inputTokens = sum(total.inputTokens, next.inputTokens);
  total.outputTokens = sum(total.outputTokens, next.outputTokens);
  total.cacheReadTokens = sum(total.cacheReadTokens, next.cacheReadTokens);
  total.cacheWriteTokens = sum(total.cacheWriteTokens, next.cacheWriteTokens);
  total.reasoningTokens = sum(total.reasoningTokens, next.reasoningTokens);
  total.finishReasons = next.finishReasons ?? total.finishReasons;
}

function sum(total: number | undefined, count: number | undefined): number | undefined {
  return total === undefined || count === undefined ? (total ?? count) : total + count;
}
