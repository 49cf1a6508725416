/**
 * The README and docs/guide/start.md show the flag before any code, with the same install line. `test/runtime/zero-code`
 * runs the flag and the programs that the guide shows.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The first block of a page. */
function firstBlock(page: string): string | undefined {
  return /^```\w*\n([\s\S]*?)^```/m.exec(page)?.[1];
}

test("the first block of the README and of the guide is the install and the flag", () => {
  const block = firstBlock(read("README.md"));
  expect(block).toMatch(/^npm install ai-spans .*\n.*node --import ai-spans\/register app\.js\n$/);
  expect(firstBlock(read("docs/guide/start.md"))).toBe(block);
});

test("the install line names versions that the lockfile of the tests has", () => {
  const [install = ""] = (firstBlock(read("README.md")) ?? "").split("\n");
  const { devDependencies } = JSON.parse(read("test/runtime/zero-code/package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const named = [...install.matchAll(/(@opentelemetry\/[\w-]+)@([\d.]+)/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, name = "", version = ""] of named) expect(devDependencies[name]).toMatch(`${version}.`);
});
