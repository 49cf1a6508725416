/**
 * The files of facts are as `npm run registry` writes them, and they have every name of the conventions that the
 * sources use.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ATTRIBUTE_KEYS } from "../../src/semconv/attributes.ts";
import { attributeFacts, metricFacts, spanFacts } from "./facts.ts";
import { asText, FILES, readFacts } from "./renew.ts";

test.each(Object.entries(FILES))("a renewal does not change %s", (name, { trim }) => {
  const file = new URL(`facts/${name}`, import.meta.url);
  expect(asText(trim(readFacts(file)))).toBe(readFileSync(file, "utf8"));
});

test("a source of another shape is refused", () => {
  expect(() => FILES["spans.json"]?.trim({ meta: {}, spans: { chat: {} } })).toThrow(TypeError);
});

test("every attribute that a span or a metric refers to is one of the registry", () => {
  const referring = [...spanFacts, ...metricFacts.values()];
  expect(referring).toHaveLength(5 + 17);
  const names = referring.flatMap(({ attributes }) => attributes.map(({ name }) => name));
  expect(names.filter((name) => !attributeFacts.has(name))).toEqual([]);
});

test("every key of the sources is in the conventions, and not deprecated", () => {
  const keys = Object.values(ATTRIBUTE_KEYS);
  expect(keys.filter((key) => attributeFacts.get(key)?.deprecated !== undefined)).toEqual([]);
  expect(keys.filter((key) => !attributeFacts.has(key))).toEqual([]);
});
