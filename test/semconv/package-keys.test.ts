/**
 * Compares our keys with those of the npm package of the conventions, whose GenAI part is frozen at an older version.
 * Every key of ours is in the package, or in the list here.
 */
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { expect, test } from "vitest";
import { ATTRIBUTE_KEYS, ATTR_TOKEN_MODALITY, ATTR_USER_ID } from "../../src/semconv/attributes.ts";

const known: ReadonlySet<unknown> = new Set(
  Object.entries(conventions)
    .filter(([name]) => name.startsWith("ATTR_"))
    .map(([, key]) => key),
);

/** Keys that the conventions got after the package froze its GenAI part (1.45.0). */
const NEWER = [
  "gen_ai.request.reasoning.level",
  "gen_ai.token.modality",
  "gen_ai.usage.cache_write.input_tokens",
];

test("each key is in the package of the conventions, or newer than it", () => {
  const ours = [...Object.values(ATTRIBUTE_KEYS), ATTR_TOKEN_MODALITY, ATTR_USER_ID];
  expect(ours.filter((key) => !known.has(key)).toSorted()).toEqual(NEWER);
});
