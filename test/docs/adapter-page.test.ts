// The section of differences in docs/reference/adapter.md is built from the table of test/adapter. Each row has a
// program of the comparison, or a test.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withAdapterDifferences } from "../../docs/differences/adapter.ts";
import { table, unknownNames } from "../adapter/differences/table.ts";

test("docs/reference/adapter.md is as `npm run docs` writes it", async () => {
  const page = await readFile(new URL("../../docs/reference/adapter.md", import.meta.url), "utf8");
  expect(page).toBe(withAdapterDifferences(page));
});

test("has a program or a test for each row, and a row for each program", async () => {
  expect(unknownNames).toEqual([]);
  const untested: string[] = [];
  for (const { what, differences, test: named } of table) {
    const source = named && (await readFile(new URL(`../../${named.file}`, import.meta.url), "utf8"));
    const isTested = source !== undefined && source.includes(`"${named?.title}"`);
    if (differences.length === 0 && !isTested) untested.push(what);
  }
  expect(untested).toEqual([]);
});
