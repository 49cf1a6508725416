/**
 * Converts records to the name and the attributes of a span. An absent value sets no attribute: a 0 would claim a count
 * that nobody knows.
 */
import { ATTRIBUTE_KEYS, ATTR_USER_ID } from "./attributes.ts";
import type { AttributeValue, ModelResponse, Scalar, AttributeRecord } from "./records.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** The attribute key of each name in a record. It is a map, because looking up a missing name is slow in an object. */
export type AttributeKeys = ReadonlyMap<string, string>;

/** The keys and values of span attributes in one version of the conventions. */
export interface SpanVocabulary {
  /** Keys of the attributes on spans. */
  readonly spanKeys: AttributeKeys;
  /**
   * Values that this version spells differently, by the attribute's name in a record. For example, `1.36` has `xai`
   * instead of `x_ai`.
   */
  readonly renamedValues?: Readonly<Record<string, ReadonlyMap<string, string>>> | undefined;
}

/** A span, or an object of ours that contains the failures of `setAttribute`. */
export interface AttributeTarget {
  setAttribute(key: string, value: AttributeValue): unknown;
}

/** The longest span name, in UTF-8 bytes. If a name is longer, the span is named by the operation alone. */
const NAME_LIMIT_BYTES = 64;
/** The longest string of an attribute, in UTF-16 units. A longer string is cut. */
const TEXT_LIMIT = 1024;
const encoder = new TextEncoder();

/** The conventions' keys, and ours, which have the caller's namespace as prefix. */
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

/** The keys of turn metadata, without the prefix of the caller's namespace. */
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

/** The attributes at the start of a span, from which samplers decide. Values whose name has no key are left out. */
export function attributesOf(
  record: AttributeRecord,
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

/**
 * Sets attributes after the start of a span. Calls `setAttribute` for each, because the SDK's `setAttributes` does the
 * same with an object that we would have to create.
 */
export function setAttributes(
  target: AttributeTarget,
  record: AttributeRecord,
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

/** Uses the vocabulary's spelling of a value. Cuts strings, because ids and names may have any length. */
export function inVocabulary(
  name: string,
  value: AttributeValue,
  renamedValues: SpanVocabulary["renamedValues"],
): AttributeValue {
  if (typeof value === "string") return cut(renamedValues?.[name]?.get(value) ?? value);
  return Array.isArray(value) ? value.map((text) => cut(text)) : value;
}

/** The characters that may be in a provider's id of a tool call. */
const ID_PATTERN = /^[\w.:|/+=~-]+$/;

/**
 * @returns the id of a tool call; `undefined` for text with other characters, because a client may send content as an
 *   id
 */
export function readableId(id: string | undefined): string | undefined {
  return id !== undefined && ID_PATTERN.test(id) ? id : undefined;
}

/** @param limit in UTF-16 units */
export function cut(text: string, limit = TEXT_LIMIT): string {
  // The cut may leave the first half of a surrogate pair, which is not valid Unicode. It is removed.
  return text.length > limit ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, "") : text;
}

/** @returns the operation and its target, such as `chat gpt-5`; the operation alone if the name would be too long */
export function spanName(operation: string, target: string | undefined): string {
  if (!target) return operation;
  const name = `${operation} ${target}`;
  // A UTF-16 unit has at most three bytes in UTF-8. For short targets this estimate is enough, and it is faster than
  // encoding.
  const fits =
    operation.length + 1 + target.length * 3 <= NAME_LIMIT_BYTES ||
    (name.length <= NAME_LIMIT_BYTES && encoder.encode(name).length <= NAME_LIMIT_BYTES);
  return fits ? name : operation;
}

/**
 * Adds the usage of `next` to `total`. A count that no call has reported stays absent. The finish reasons are those of
 * the last call.
 */
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
