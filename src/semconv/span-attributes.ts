/**
 * Converts records to the name and the attributes of a span. Pure. An absent value sets no attribute, because 0 would
 * state a fact that nobody knows.
 */
import { ATTRIBUTE_KEYS, ATTR_USER_ID } from "./attributes.ts";
import type { AttributeValue, ModelResponse, Scalar, SpanRecord } from "./records.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** The attribute key of each name in a record. A map, because look-ups of absent names in an object are slow. */
export type AttributeKeys = ReadonlyMap<string, string>;

/** The keys and values of span attributes in one version of the conventions. */
export interface SpanVocabulary {
  /** Keys of the attributes on spans. */
  readonly spanKeys: AttributeKeys;
  /** Renamed values, by the name of their attribute. For example, `1.36` has `xai` instead of `x_ai`. */
  readonly renamedValues?: Readonly<Record<string, ReadonlyMap<string, string>>> | undefined;
}

/** A span, or an object that contains the failures of a span. */
export interface AttributeTarget {
  setAttribute(key: string, value: AttributeValue): unknown;
}

/** Longest span name in UTF-8 bytes. A longer name is replaced by the operation alone. */
const NAME_LIMIT_BYTES = 64;
/** Longest string of an attribute, in UTF-16 units. */
const TEXT_LIMIT = 1024;
const encoder = new TextEncoder();

/** The keys of the conventions, and ours below the caller's namespace. */
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

/** Keys of a turn, below the caller's namespace. */
const TURN_KEYS: ReadonlyMap<string, string> = new Map([
  ["requestId", "turn.request_id"],
  ...["trigger", "admission", "channel", "continuation", "generation"].map(
    (name) => [name, `turn.${name}`] as const,
  ),
]);

/** Names of metadata that have a documented key. */
export const TURN_NAMES: readonly string[] = ["userId", ...TURN_KEYS.keys()];

export function metadataKey(namespace: string, name: string): string {
  if (name === "userId") return ATTR_USER_ID;
  return `${namespace}.${TURN_KEYS.get(name) ?? `metadata.${name}`}`;
}

/** The attributes at the start of a span, which samplers get. Names without a key are left out. */
export function attributesOf(
  record: SpanRecord,
  vocabularies: readonly SpanVocabulary[],
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const { spanKeys, renamedValues } of vocabularies) {
    for (const name in record) {
      const value = record[name];
      if (value === undefined) continue;
      const key = spanKeys.get(name);
      if (key) attributes[key] = inVocabulary(name, value, renamedValues);
    }
  }
  return attributes;
}

/** Records all later attributes, one by one, because `setAttributes` of the SDK would loop over an object and set them one by one too. */
export function setAttributes(
  target: AttributeTarget,
  record: SpanRecord,
  vocabularies: readonly SpanVocabulary[],
): void {
  for (const { spanKeys, renamedValues } of vocabularies) {
    for (const name in record) {
      const value = record[name];
      if (value === undefined) continue;
      const key = spanKeys.get(name);
      if (key) target.setAttribute(key, inVocabulary(name, value, renamedValues));
    }
  }
}

/** Records the caller's metadata of a run. */
export function setMetadata(
  target: AttributeTarget,
  metadata: ReadonlyMap<string, Scalar>,
  namespace: string,
): void {
  for (const [name, value] of metadata) {
    target.setAttribute(metadataKey(namespace, name), inVocabulary(name, value, undefined));
  }
}

/**
 * Replaces a value that the vocabulary has renamed. Cuts strings, because ids and names of callers, models and
 * providers may have any length.
 */
export function inVocabulary(
  name: string,
  value: AttributeValue,
  renamedValues: SpanVocabulary["renamedValues"],
): AttributeValue {
  if (typeof value === "string") return cut(renamedValues?.[name]?.get(value) ?? value);
  return Array.isArray(value) ? value.map((text) => cut(text)) : value;
}

/** The characters in the ids of providers. */
const ID_PATTERN = /^[\w.:|/+=~-]+$/;

/** @returns the id of a tool call; `undefined` for other text, because a client may post content as an id */
export function readableId(id: string | undefined): string | undefined {
  return id !== undefined && ID_PATTERN.test(id) ? id : undefined;
}

/** @param limit in UTF-16 units */
export function cut(text: string, limit = TEXT_LIMIT): string {
  // Half of a surrogate pair is not valid Unicode.
  return text.length > limit ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, "") : text;
}

/** @returns the operation and its target, such as `chat gpt-5`; the operation alone if the name would be too long */
export function spanName(operation: string, target: string | undefined): string {
  if (!target) return operation;
  const name = `${operation} ${target}`;
  // A UTF-16 unit has three bytes at most. Most targets are short, and counting is faster than encoding.
  const fits =
    operation.length + 1 + target.length * 3 <= NAME_LIMIT_BYTES ||
    (name.length <= NAME_LIMIT_BYTES && encoder.encode(name).length <= NAME_LIMIT_BYTES);
  return fits ? name : operation;
}

/** Adds up usage. A count that no call has reported stays absent. A run has the finish reasons of its last call. */
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
