// A test proves each difference in docs/why/transparency.md, and each test of a known difference has its row.
//
// Holds: known-differences.
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const DOCS = new URL("../../docs/why/", import.meta.url);
const TESTS = new URL("../transparency/", import.meta.url);

/** All tests of this folder are about known differences. */
const DIFFERENCES = "known-differences/";

interface Titles {
  /** The titles of all tests in `test/transparency`. */
  readonly all: ReadonlySet<string>;
  readonly ofDifferences: ReadonlySet<string>;
}

/** Finds only literal titles, because a search cannot find a title that code builds. */
function titlesIn(source: string): string[] {
  return [...source.matchAll(/\btest(?:\.each\([^)]*\))?\(\s*"([^"\\]*)"/g)].map(([, title = ""]) => title);
}

async function readTitles(): Promise<Titles> {
  const all = new Set<string>();
  const ofDifferences = new Set<string>();
  for (const path of await readdir(TESTS, { recursive: true })) {
    if (!path.endsWith(".test.ts")) continue;
    for (const title of titlesIn(await readFile(new URL(path, TESTS), "utf8"))) {
      all.add(title);
      if (path.startsWith(DIFFERENCES)) ofDifferences.add(title);
    }
  }
  return { all, ofDifferences };
}

/** The first and the last of four cells of each row. A row without four cells names no test. */
function rowsOf(page: string): { what: string; title: string }[] {
  const lines = page.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
  return cells
    .map((row) => ({ what: row[0]?.trim() ?? "", title: row.length === 4 ? (row[3]?.trim() ?? "") : "" }))
    .filter(({ what }) => what !== "what" && !/^-+$/.test(what));
}

function problemsOf(page: string, { all, ofDifferences }: Titles): string[] {
  const rows = rowsOf(page);
  const named = new Set(rows.map(({ title }) => title));
  return [
    ...rows.filter(({ title }) => !all.has(title)).map(({ what }) => `row without a test: ${what}`),
    ...[...ofDifferences].filter((title) => !named.has(title)).map((title) => `test without a row: ${title}`),
  ];
}

test("names a test that exists for each difference", async () => {
  const page = await readFile(new URL("transparency.md", DOCS), "utf8");
  expect(rowsOf(page).length).toBeGreaterThan(20);
  expect(problemsOf(page, await readTitles())).toEqual([]);
});

test("would find a row without a test, and a test without a row", async () => {
  const page = await readFile(new URL("transparency.md", DOCS), "utf8");
  const titles = await readTitles();
  const [known = ""] = titles.ofDifferences;
  const planted = [
    "| three cells | who | why |",
    "| an empty cell | who | why |  |",
    "| no such test | who | why | shows what nothing shows |",
    `| a row with its test | who | why | ${known} |`,
  ];
  expect(problemsOf([page, ...planted].join("\n"), titles)).toEqual([
    "row without a test: three cells",
    "row without a test: an empty cell",
    "row without a test: no such test",
  ]);
  const withoutOne = page.split("\n").filter((line) => !line.includes(`| ${known} |`));
  expect(problemsOf(withoutOne.join("\n"), titles)).toEqual([`test without a row: ${known}`]);
});
