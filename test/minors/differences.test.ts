/**
 * If the table states that a release lacks a feature, all releases before the named one lack it, and no later one does.
 */
import { describe, expect, test } from "vitest";
import { majors, type MajorName } from "../support/majors.ts";
import type { Missing } from "./difference.ts";
import { differences } from "./differences.ts";
import { isBefore, isTestedBefore, testedRow } from "./releases.ts";

interface Proven {
  readonly title: string;
  readonly release: string | undefined;
  readonly isMissing: Missing["isMissing"];
}

function provenOn(major: MajorName): Proven[] {
  const rows = differences.flatMap(({ what, since, tests }) =>
    tests.flatMap((row): Proven[] => {
      if (!("isMissing" in row)) return [];
      const release = (row.until ?? since)[major];
      return [{ title: `${what}: as now since ${release}`, release, isMissing: row.isMissing }];
    }),
  );
  // Several files may share one proof.
  return [...new Map(rows.map((row) => [row.title, row])).values()];
}

for (const major of majors)
  describe(`on ${major.name}`, () => {
    for (const { title, release, isMissing } of provenOn(major.name)) {
      if (release === undefined) continue;
      test(title, async () => {
        expect(await isMissing(major), "is missing").toBe(isTestedBefore(major.name, release));
      });
    }
  });

test("knows the order of releases", () => {
  expect(isBefore("5.0.9", "5.0.10")).toBe(true);
  expect(isBefore("5.0.10", "5.0.9")).toBe(false);
  expect(isBefore("5.0.9", "5.0.9")).toBe(false);
  expect(isBefore("5.0.9", "5.1.0")).toBe(true);
});

test("is checked on releases of each major, or on the newest ones", () => {
  expect(Object.keys(testedRow ?? { v5: "", v6: "", v7: "" })).toEqual(majors.map(({ name }) => name));
});
