/**
 * What spans may say, whatever they were told: each key with a value of its type, and no value without bounds.
 */
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { rowsOf } from "../../docs/telemetry/page.ts";
import { ATTRIBUTE_KEYS, type Operation } from "../../src/semconv/attributes.ts";

/** Longest text of a value, in UTF-16 units. */
export const TEXT_LIMIT = 1024;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: isText,
  "string[]": (value) => Array.isArray(value) && value.every(isText),
  int: Number.isSafeInteger,
  double: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
};

/** Where providers count, nothing is less than nothing. */
const COUNT = /tokens$|count$/;

/** One line for each value that is not of its key's type, or of a key that the documentation does not have. */
export function faultsOf(span: ReadableSpan): string[] {
  // The operation is ours, and always there.
  const rows = rowsOf(span.attributes["gen_ai.operation.name"] as Operation);
  return Object.entries(span.attributes).flatMap(([key, value]) => {
    const type = rows.find((row) => row.key === key)?.type ?? "unknown";
    // A model may name a tool with no name: it is what it said.
    const isNothing = value === "" && key !== ATTRIBUTE_KEYS.toolName;
    const holds = TYPES[type]?.(value) === true && !isNothing && !(COUNT.test(key) && Number(value) < 0);
    return holds ? [] : [`${span.name}: ${key} (${type}) is ${typeof value} ${String(value).slice(0, 40)}`];
  });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= TEXT_LIMIT;
}
