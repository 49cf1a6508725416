/**
 * Defines a program: code that a test runs on a stage, the majors that have what it uses, and the spans that it must
 * record. Each folder of tests has programs of its own kind, which add what that folder checks.
 */
import type { CallParameters, Major, MajorName } from "../support/majors.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

/** @typeParam On the stage that the program runs on */
export interface Program<On, Result = Promise<void>> {
  /** What the program does, in the present tense. */
  readonly title: string;
  /** The majors that have the feature. The default is all. */
  readonly majors?: readonly MajorName[];
  /** Options of the wrapper or the adapter. */
  readonly options?: CallParameters;
  readonly run: (stage: On) => Result;
}

export type ExpectedTree = ExpectedSpan | readonly ExpectedSpan[];

/** A difference that a major forces. `docs/` states the same reason. */
export interface ForcedDifference {
  readonly majors: readonly MajorName[];
  readonly reason: string;
  readonly expected: ExpectedTree;
}

/** What a program must record, if that is the same in each way of tracing. */
export interface Expectation {
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
}

type OfMajors = Pick<Program<never>, "majors">;

/** Whether the program, or anything else that lists its majors, is for this major. */
export function isOn({ majors }: OfMajors, { name }: Major): boolean {
  return majors?.includes(name) ?? true;
}

export function programsOn<Listed extends OfMajors>(major: Major, programs: readonly Listed[]): Listed[] {
  return programs.filter((program) => isOn(program, major));
}

export function expectedOn({ expected, forced }: Expectation, major: Major): ExpectedTree {
  return forced?.majors.includes(major.name) === true ? forced.expected : expected;
}
