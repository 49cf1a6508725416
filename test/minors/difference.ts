/**
 * Defines a difference between an old release of the AI SDK and the newest one: a row of docs/reference/differences.md,
 * and its effect on tests.
 */
import type { ExpectedTree } from "../harness/program.ts";
import type { Major, MajorName } from "../support/majors.ts";
import type { ComparedPart } from "./compared-part.ts";

export type Releases = Readonly<Partial<Record<MajorName, string>>>;

/** The tests that a difference changes. */
interface Tests {
  /** Path of the file from the repository's root. */
  readonly file: string;
  /** Matches the names of the suites and of the test, joined by " > ". */
  readonly names: RegExp;
  /** The first releases whose tests are as now. Default: those of the row. */
  readonly until?: Releases;
  /** The releases from which the difference changes these tests. */
  readonly from?: Releases;
}

/** The test runs with another expectation. */
export interface OtherExpectation extends Tests {
  /** Derives the span tree of the old release from that of the newest one. */
  readonly tree: (newest: ExpectedTree) => ExpectedTree;
  /** The run ends only when all values of the program are collected. */
  readonly byCollection?: true;
  /** The SDK goes on after the end of the run, so some spans below the run end after it. */
  readonly goesOn?: true;
  /**
   * What the program notices depends on the order of microtasks, which differs in a traced run:
   * docs/why/transparency.md.
   */
  readonly races?: true;
  /** Keeps only the part of what the program notices that does not depend on that order. */
  readonly comparedPart?: ComparedPart;
  /** The program fails with an error of this name, on the bare SDK too. */
  readonly rejects?: string;
}

/** The test does not run, because the release lacks the feature. */
export interface Missing extends Tests {
  /** Proves on the bare SDK that the release lacks the feature. */
  readonly isMissing: (major: Major) => boolean | Promise<boolean>;
}

export type DifferentTests = OtherExpectation | Missing;

export interface Difference {
  /** The first cell of the row. */
  readonly what: string;
  /** The first release of each major that behaves like the newest one, by the SDK's changelog. */
  readonly since: Releases;
  /** What earlier releases do, and what the spans record then. */
  readonly earlier: string;
  readonly tests: readonly DifferentTests[];
}
