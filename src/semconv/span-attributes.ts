/**
 * Records to a span's name and attributes. Pure; absent values set no key, and 0 is never put in place of unknown.
 */
import type { Span } from "@opentelemetry/api";
import { ATTRIBUTE_KEYS, ATTR_USER_ID, USAGE_KEYS } from "./attributes.ts";
import type { AttributeValue, ModelResponse, SpanRecord } from "./records.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** The attribute key of each name in a record. */
export type AttributeKeys = { readonly [name: string]: string };

/** Longest span name in UTF-8 bytes; a longer one falls back to the bare operation. */
const NAME_LIMIT_BYTES = 64;
/** Longest text of an attribute, in UTF-16 units. */
const TEXT_LIMIT = 1024;
const PLAIN = /^[ -~]*$/;
const encoder = new TextEncoder();

/** The conventions' keys, and ours below the caller's prefix. */
export function attributeKeys(namespace: string): AttributeKeys {
  return {
    ...ATTRIBUTE_KEYS,
    canceled: `${namespace}.canceled`,
    cancelCause: `${namespace}.cancel.cause`,
    retryCount: `${namespace}.retry.count`,
    callCount: `${namespace}.call.count`,
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

/** What samplers look at, when the span starts. Names without a key are left out, here and below. */
export function attributesOf(record: SpanRecord, keys: AttributeKeys): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const name in record) {
    const key = keys[name];
    const value = record[name];
    if (key && value !== undefined) attributes[key] = bounded(value);
  }
  return attributes;
}

/** All else, one by one: nothing is built to be taken apart. */
export function setAttributes(
  span: Pick<Span, "setAttribute">,
  record: SpanRecord,
  keys: AttributeKeys,
): void {
  for (const name in record) {
    const value = record[name];
    const key = value === undefined ? undefined : keys[name];
    if (key && value !== undefined) span.setAttribute(key, bounded(value));
  }
}

/** Words of the caller, the model and the provider may be of any length. */
function bounded(value: AttributeValue): AttributeValue {
  if (typeof value === "string") return cut(value);
  return Array.isArray(value) ? value.map(cut) : value;
}

function cut(text: string): string {
  // Half of a surrogate pair is no text.
  return text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT).replace(/[\ud800-\udbff]$/, "") : text;
}

export function spanName(operation: string, target: string | undefined): string {
  const name = `${operation} ${target}`;
  // A UTF-16 unit takes three bytes at most; most names are plain words, and encoding costs more than looking.
  const fits =
    name.length * 3 <= NAME_LIMIT_BYTES ||
    (name.length <= NAME_LIMIT_BYTES &&
      (PLAIN.test(name) || encoder.encode(name).length <= NAME_LIMIT_BYTES));
  return target && fits ? name : operation;
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
