/**
 * What spans may record, whatever the model answers: every value has its key's type, and every text has a limit. Other
 * tests check which key belongs on which span.
 */
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { attributes, type AttributeFacts } from "../../docs/telemetry/attributes.ts";
import { ATTRIBUTE_KEYS } from "../../src/semconv/attributes.ts";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";

/** The longest text of a value, in UTF-16 units. */
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

/** A count of tokens cannot be negative. */
const COUNT = /tokens$|count$/;

/** One line for each value of a wrong type, and for each key that the documentation does not have. */
export function faultsOf(span: ReadableSpan): string[] {
  return Object.entries(span.attributes).flatMap(([key, value]) => {
    const type = types.get(key);
    // Only the name of a tool may be empty, because a model may call a tool without a name.
    const isNothing = value === "" && key !== ATTRIBUTE_KEYS.toolName;
    const isNegative = COUNT.test(key) && key.includes(".usage.") && Number(value) < 0;
    if (type && RULES[type](value) && !isNothing && !isNegative) return [];
    return [`${span.name}: ${key} (${type}) is ${typeof value} ${String(value).slice(0, 40)}`];
  });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= TEXT_LIMIT;
}
