/**
 * Records to a span's name and attributes. Pure; absent values set no key, and 0 is never put in place of unknown.
 */
import { ATTRIBUTE_KEYS, ATTR_USER_ID, USAGE_KEYS } from "./attributes.ts";
import type { AttributeValue, ModelResponse, SpanRecord } from "./records.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** The attribute key of each name in a record. */
export type AttributeKeys = { readonly [name: string]: string };

/** Longest span name in UTF-8 bytes; a longer one falls back to the bare operation. */
const NAME_LIMIT_BYTES = 64;
const encoder = new TextEncoder();

/** The conventions' keys, and ours below the caller's prefix. */
export function attributeKeys(namespace: string): AttributeKeys {
  return {
    ...ATTRIBUTE_KEYS,
    canceled: `${namespace}.canceled`,
    cancelCause: `${namespace}.cancel.cause`,
    retryCount: `${namespace}.retry.count`,
    toolApproval: `${namespace}.tool.approval`,
    toolRepaired: `${namespace}.tool.repaired`,
  };
}

/** Some metadata has a key that is part of the contract. */
export function metadataKey(namespace: string, name: string): string {
  if (name === "userId") return ATTR_USER_ID;
  if (name === "requestId") return `${namespace}.turn.request_id`;
  const isOfTurn = /^(trigger|admission|channel|continuation|generation)$/.test(name);
  return `${namespace}.${isOfTurn ? "turn" : "metadata"}.${name}`;
}

/** Names without a key are left out. */
export function attributesOf(
  record: SpanRecord,
  keys: AttributeKeys,
  attributes: Record<string, AttributeValue> = {},
): Record<string, AttributeValue> {
  for (const name in record) {
    const key = keys[name];
    const value = record[name];
    if (key && value !== undefined) attributes[key] = value;
  }
  return attributes;
}

export function spanName(operation: string, target: string | undefined): string {
  const name = `${operation} ${target}`;
  return target && encoder.encode(name).length <= NAME_LIMIT_BYTES ? name : operation;
}

/** Adds up usage; a count stays absent until some call reported it. The last finish reason is the run's. */
export function addResponse(
  total: ModelResponse & Record<string, unknown>,
  next: ModelResponse & SpanRecord,
): void {
  for (const name in USAGE_KEYS) {
    const count = next[name];
    if (count !== undefined) total[name] = Number(total[name] ?? 0) + Number(count);
  }
  total.finishReasons = next.finishReasons ?? total.finishReasons;
}
