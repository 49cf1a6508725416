/**
 * The section "Older releases" of docs/differences.md, made of the table behind the tests on old releases. Reads and
 * writes no file.
 */
import type { Difference } from "../../test/minors/difference.ts";
import { differences } from "../../test/minors/differences.ts";
import { isBefore, releaseRows } from "../../test/minors/releases.ts";

const HEADING = "## Older releases";

/** The page with its last section as the table has it. */
export function withOlderReleases(page: string): string {
  const [before = "", after] = page.split(HEADING);
  if (after === undefined) throw new Error(`docs/differences.md has no ${HEADING}`);
  return `${before}${HEADING}\n\n${olderReleases()}`;
}

function olderReleases(): string {
  const tested = new Set(Object.values(releaseRows).flatMap((row) => Object.values(row)));
  return [
    "<!-- Written by `npm run docs` from test/minors/differences.ts. -->",
    "",
    `The tables of tests run on the newest release of each major and on ${[...tested].join(", ")}: \`npm run test:minors\`. A`,
    "row holds for the releases before the ones that it names, which the SDK's changelog gives; what it says of spans is the",
    "expectation of these tests.",
    "",
    "| what | before | earlier releases |",
    "| --- | --- | --- |",
    ...differences.toSorted(byRelease).map(lineOf),
    "",
  ].join("\n");
}

function releasesOf({ since }: Difference): string[] {
  return [since.v5, since.v6, since.v7].filter((release) => release !== undefined);
}

/** By the first major that differs, and the release up to which it does. */
function byRelease(left: Difference, right: Difference): number {
  const [[one = ""], [other = ""]] = [releasesOf(left), releasesOf(right)];
  if (one === other) return 0;
  return one[0] === other[0] ? (isBefore(one, other) ? -1 : 1) : one < other ? -1 : 1;
}

function lineOf(difference: Difference): string {
  return `| ${difference.what} | ${releasesOf(difference).join(", ")} | ${difference.earlier} |`;
}
