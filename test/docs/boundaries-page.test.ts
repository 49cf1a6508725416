// Each scenario of docs/guide/boundaries.md has code, and that code is part of an example that the tests run.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/guide/boundaries.md", ROOT), "utf8");

interface Excerpt {
  readonly path: string;
  readonly text: string;
}

function excerptsOf(text: string): Excerpt[] {
  const blocks = text.matchAll(/^```ts (examples\/\S+)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, ([, path = "", block = ""]) => ({ path, text: block }));
}

const stands = ({ path, text }: Excerpt): boolean =>
  readFileSync(new URL(path, ROOT), "utf8").includes(`\n${text}`);

test("every scenario that links to an example has code of it", () => {
  const sections = page.split(/^## /m).filter((section) => section.includes("Complete: [examples/"));
  expect(sections.length).toBeGreaterThan(8);
  const without = sections.filter((section) => !/^```ts/m.test(section));
  expect(without.map((section) => section.split("\n")[0])).toEqual([]);
});

test("every excerpt is part of its example", () => {
  const excerpts = excerptsOf(page);
  expect(excerpts.length).toBeGreaterThan(8);
  expect(excerpts.filter((excerpt) => !stands(excerpt))).toEqual([]);
});

test("the check finds an excerpt that differs from its example", () => {
  const [excerpt] = excerptsOf(page);
  expect(stands({ path: excerpt!.path, text: excerpt!.text.replace("(", "( ") })).toBe(false);
});
