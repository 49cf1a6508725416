/**
 * What spans may say, whatever they were told: each key with a value of its type, and no value without bounds. Which key
 * belongs on which span is for others to say.
 */
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { attributes, type AttributeFacts } from "../../docs/telemetry/attributes.ts";
import { ATTRIBUTE_KEYS } from "../../src/semconv/attributes.ts";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";

/** Longest text of a value, in UTF-16 units. */
const TEXT_LIMIT = 1024;

const RULES: Readonly<Record<AttributeFacts["type"], (value: unknown) => boolean>> = {
  string: isText,
  "string[]": (value) => Array.isArray(value) && value.every(isText),
  int: Number.isSafeInteger,
  double: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
};

const keys = attributeKeys(DEFAULT_NAMESPACE);
/** The documented type of each key. */
const types = new Map(
  Object.entries<AttributeFacts>(attributes).map(([name, { type }]) => [keys.get(name), type]),
);

/** Where providers count, nothing is less than nothing. */
const COUNT = /tokens$|count$/;

/** One line for each value that is not of its key's type, or of a key that the documentation does not have. */
export function faultsOf(span: ReadableSpan): string[] {
  return Object.entries(span.attributes).flatMap(([key, value]) => {
    const type = types.get(key);
    // A model may name a tool with no name: it is what it said.
    const isNothing = value === "" && key !== ATTRIBUTE_KEYS.toolName;
    const isNegative = COUNT.test(key) && key.includes(".usage.") && Number(value) < 0;
    if (type && RULES[type](value) && !isNothing && !isNegative) return [];
    return [`${span.name}: ${key} (${type}) is ${typeof value} ${String(value).slice(0, 40)}`];
  });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= TEXT_LIMIT;
}
