/**
 * What a difference between an old release of the AI SDK and the newest one is: a row of docs/reference/differences.md, and what
 * becomes of the tests that it reaches.
 */
import type { ExpectedTree } from "../conformance/program.ts";
import type { Major, MajorName } from "../support/majors.ts";
import type { NoticedPart } from "./noticed.ts";

export type Releases = Readonly<Partial<Record<MajorName, string>>>;

/** Which tests a difference reaches. */
interface Tests {
  /** Path of the file from the repository's root. */
  readonly file: string;
  /** Matches the names of the suites and of the test, joined by " > ". */
  readonly names: RegExp;
  /** Where it reaches these tests on fewer releases than the others: up to here ... */
  readonly since?: Releases;
  /** ... and from here on. */
  readonly from?: Releases;
}

/** The test runs, and something else is expected of it. */
export interface OtherExpectation extends Tests {
  /** The spans of the old release, from those that are expected of the newest one. */
  readonly tree: (newest: ExpectedTree) => ExpectedTree;
  /** The run ends only when all that the program made is collected. */
  readonly byCollection?: true;
  /** The SDK goes on after the end of the run, so spans below it end after it. */
  readonly goesOn?: true;
  /** What is noticed hangs on the order of microtasks, in which a traced run differs: docs/why/transparency.md. */
  readonly races?: true;
  /** Leaves out of what the program notices what is not only in another place because of that order. */
  readonly noticed?: NoticedPart;
  /** The program fails with an error of this name, on the bare SDK too. */
  readonly rejects?: string;
}

/** The test does not run, for the release lacks what it is about. */
export interface Missing extends Tests {
  /** Proves that a release lacks it, on the bare SDK. */
  readonly isMissing: (major: Major) => boolean | Promise<boolean>;
}

export type DifferentTests = OtherExpectation | Missing;

export interface Difference {
  /** First cell of its row. */
  readonly what: string;
  /** The first release of each major that does as the newest one, by the SDK's changelog. */
  readonly since: Releases;
  /** What earlier releases do, and what the spans say then. */
  readonly earlier: string;
  readonly tests: readonly DifferentTests[];
}
