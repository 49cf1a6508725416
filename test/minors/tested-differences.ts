/**
 * The differences between the newest releases and those that this process tests, by test file.
 */
import { expect } from "vitest";
import type { MajorName } from "../support/majors.ts";
import type { DifferentTests, OtherExpectation, Releases } from "./difference.ts";
import { differences } from "./differences.ts";
import { isTestedBefore } from "./releases.ts";

/** A row for one file, with the majors whose tested release is older. */
interface TestedRow {
  readonly tests: DifferentTests;
  readonly majors: readonly MajorName[];
}

function majorsBetween(since: Releases, from: Releases = {}): MajorName[] {
  return (["v5", "v6", "v7"] as const).filter((major) => {
    const [first, end] = [from[major], since[major]];
    const isLate = first === undefined || !isTestedBefore(major, first);
    return end !== undefined && isTestedBefore(major, end) && isLate;
  });
}

/** @param path of the file, absolute or relative to the repository's root */
export function differencesIn(path: string): TestedRow[] {
  return differences.flatMap(({ since, tests }) =>
    tests
      .filter(({ file }) => path.endsWith(file))
      .map((row) => ({ tests: row, majors: majorsBetween(row.until ?? since, row.from) }))
      .filter(({ majors }) => majors.length > 0),
  );
}

/** The major in the name of the test. Tests of the adapter are for v7. */
function majorOf(name: string): string | undefined {
  return /\bv[567]\b/.exec(name)?.[0] ?? (/\badapter\b/.test(name) ? "v7" : undefined);
}

export function reaches({ tests, majors }: TestedRow, name: string): boolean {
  const major = majorOf(name);
  return tests.names.test(name) && (major === undefined || majors.some((before) => before === major));
}

/** The other expectation of the test that runs now, if there is one. */
export function otherExpectation(): OtherExpectation | undefined {
  const { testPath = "", currentTestName = "" } = expect.getState();
  const found = differencesIn(testPath).filter((row) => reaches(row, currentTestName));
  if (found.length > 1) throw new Error(`two differences reach ${currentTestName}`);
  const tests = found[0]?.tests;
  return tests && "tree" in tests ? tests : undefined;
}
