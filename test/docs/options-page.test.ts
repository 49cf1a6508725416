/**
 * docs/reference/options.md is the text that `npm run docs` builds from the types. It lists each option that the root
 * entry checks.
 */
import { readFile } from "node:fs/promises";
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { optionsPage } from "../../docs/options/page.ts";

test("the page of the options is what the types say", async () => {
  const page = await readFile(new URL("../../docs/reference/options.md", import.meta.url), "utf8");
  expect(page.trimEnd(), "run npm run docs").toBe(optionsPage());
});

test("the page lists the options that the root entry knows, and no others", () => {
  const [section = ""] = optionsPage().split("\n## ").slice(1, 2);
  const listed = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
  let message = "";
  try {
    Reflect.apply(wrapAISDK, undefined, [{}, { unknown: 1 }]);
  } catch (error) {
    message = String(error);
  }
  const known = /known options: (.*)$/.exec(message)?.[1]?.split(", ") ?? message;
  expect(listed).toEqual(known);
});
