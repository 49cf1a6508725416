/**
 * Our keys beside those of the npm package of the conventions, whose GenAI part is frozen at an older version. A key that
 * we wrote ourselves and that the package has is the same; the others are listed here.
 */
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { expect, test } from "vitest";
import { ATTRIBUTE_KEYS, ATTR_TOKEN_MODALITY, ATTR_USER_ID } from "../../src/semconv/attributes.ts";

const known: ReadonlySet<unknown> = new Set(
  Object.entries(conventions)
    .filter(([name]) => name.startsWith("ATTR_"))
    .map(([, key]) => key),
);

/** Added to the conventions after the package froze its GenAI part (1.45.0). */
const NEWER = [
  "gen_ai.request.reasoning.level",
  "gen_ai.token.modality",
  "gen_ai.usage.cache_write.input_tokens",
];

test("each key is in the package of the conventions, or newer than it", () => {
  const ours = [...Object.values(ATTRIBUTE_KEYS), ATTR_TOKEN_MODALITY, ATTR_USER_ID];
  expect(ours.filter((key) => !known.has(key)).toSorted()).toEqual(NEWER);
});
