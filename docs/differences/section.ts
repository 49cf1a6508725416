/**
 * The section "Older releases" of docs/reference/differences.md, made of the table behind the tests on old releases. Reads and
 * writes no file.
 */
import type { Difference } from "../../test/minors/difference.ts";
import { differences } from "../../test/minors/differences.ts";
import { isBefore, releaseRows } from "../../test/minors/releases.ts";

const HEADING = "## Older releases";

/** The page with its last section as the table has it. */
export function withOlderReleases(page: string): string {
  const [before = "", after] = page.split(HEADING);
  if (after === undefined) throw new Error(`docs/reference/differences.md has no ${HEADING}`);
  return `${before}${HEADING}\n\n${olderReleases()}`;
}

function olderReleases(): string {
  const releases = new Set(Object.values(releaseRows).flatMap((row) => Object.values(row)));
  const tested = [...releases].toSorted((left, right) => compare(left, right)).join(", ");
  return [
    "<!-- Written by `npm run docs` from test/minors/differences.ts. -->",
    "",
    `\`npm run test:minors:all\` runs the tables of tests on the newest release of each major and on ${tested}. A row`,
    "holds for all releases of a major before the one in its second column. That release is from the SDK's changelog, or was",
    "found by trying releases. The tests expect the spans that a row describes.",
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
  return compare(one, other);
}

function compare(release: string, other: string): number {
  const byMajor = Number.parseInt(release, 10) - Number.parseInt(other, 10);
  if (byMajor !== 0 || release === other) return byMajor;
  return isBefore(release, other) ? -1 : 1;
}

function lineOf(difference: Difference): string {
  return `| ${difference.what} | ${releasesOf(difference).join(", ")} | ${difference.earlier} |`;
}
