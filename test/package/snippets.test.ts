/**
 * Every TypeScript snippet of the README and the docs compiles against the sources. Snippets that need other packages
 * say so in their fence: test/neighbors/guide.test.ts compiles them.
 */
import { expect, test } from "vitest";
import { complaints, markdownFiles, snippetsOf } from "../support/snippets.ts";

test("compiles every snippet of the README and the docs", () => {
  const snippets = ["README.md", "CONTRIBUTING.md", ...markdownFiles("docs")].flatMap((file) =>
    snippetsOf(file),
  );
  expect(snippets.length).toBeGreaterThan(2);
  expect(complaints(snippets)).toEqual([]);
}, 60_000);

test("finds a snippet that does not compile", () => {
  expect(
    complaints([{ name: "broken", text: 'import { wrapAISDK } from "ai-spans";\nwrapAISDK(1);' }]),
  ).not.toEqual([]);
}, 60_000);
