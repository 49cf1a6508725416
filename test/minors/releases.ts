/**
 * The old releases of the AI SDK on which the tests run. The root's package.json installs the newest one of each major.
 */
import type { MajorName } from "../support/majors.ts";

export type Release = "5.0.0" | "5.0.208" | "5.0.241" | "6.0.0" | "6.0.242" | "6.0.260" | "7.0.0" | "7.0.77";

/** One release of each major. */
export type ReleaseRow = Readonly<Record<MajorName, Release>>;

/**
 * `first` has the first release of each major, `middle` one between first and newest. `deferred` has the first releases
 * that start tools only after the end of their step's stream (v5, v6), with the v7 of `middle`.
 */
export const releaseRows = {
  first: { v5: "5.0.0", v6: "6.0.0", v7: "7.0.0" },
  middle: { v5: "5.0.208", v6: "6.0.242", v7: "7.0.77" },
  deferred: { v5: "5.0.241", v6: "6.0.260", v7: "7.0.77" },
} as const satisfies Record<string, ReleaseRow>;

export type RowName = keyof typeof releaseRows;

export const rowNames = Object.keys(releaseRows) as RowName[];

export function isRowName(name: string | undefined): name is RowName {
  return rowNames.some((row) => row === name);
}

/** vitest.minors.config.ts sets this variable for the processes of its tests. */
export const TESTED_ROW = "AI_SPANS_TESTED_ROW";

// Edge runtimes, on which some programs run too, have no `process`.
const tested = typeof process === "undefined" ? undefined : process.env[TESTED_ROW];

/** The releases that this process tests, or `undefined` for the newest ones. */
export const testedRow: ReleaseRow | undefined = isRowName(tested) ? releaseRows[tested] : undefined;

/** Whether the tests run on an earlier release of the major than this one. */
export function isTestedBefore(major: MajorName, release: string): boolean {
  const testedRelease = testedRow?.[major];
  return testedRelease !== undefined && isBefore(testedRelease, release);
}

/** Compares two releases of one major. */
export function isBefore(release: string, other: string): boolean {
  const [, minor = 0, patch = 0] = release.split(".").map(Number);
  const [, otherMinor = 0, otherPatch = 0] = other.split(".").map(Number);
  return minor < otherMinor || (minor === otherMinor && patch < otherPatch);
}
