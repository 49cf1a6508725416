/**
 * What a test expects on the release of the AI SDK that it runs on. On the newest releases, which the root's
 * package.json installs, the test's expectation is used. On old ones test/minors/setup.ts changes it.
 */
import type { ExpectedTree } from "../harness/program.ts";

/** The spans of a run. */
export interface ExpectedSpans {
  readonly tree: ExpectedTree;
  /** The SDK goes on after the end of the run, so some spans below the run end after it. */
  readonly goesOn: boolean;
}

/** A run that a test has played, after all spans have ended that end without a collection. */
export interface PlayedRun {
  /** Whether all of its spans have ended. */
  readonly isEnded: () => boolean;
  /** Drops the values of the run that the test holds. */
  readonly drop?: () => void;
}

export interface ReleaseExpectations {
  /** Whether what the program and its providers notice depends on the order of microtasks. */
  readonly races: () => boolean;
  /** Plays a program. On an old release it may fail. */
  readonly play: (run: () => Promise<void>) => Promise<void>;
  /** The spans expected on the release. Some spans end only after `drop`, by a collection. */
  readonly spans: (newest: ExpectedSpans, run: PlayedRun) => Promise<ExpectedSpans>;
}

let expectations: ReleaseExpectations = {
  races: () => false,
  play: (run) => run(),
  spans: async (newest) => newest,
};

export function expectOnRelease(ofOldRelease: ReleaseExpectations): void {
  expectations = ofOldRelease;
}

export function racesOnRelease(): boolean {
  return expectations.races();
}

export function playOnRelease(...args: Parameters<ReleaseExpectations["play"]>): Promise<void> {
  return expectations.play(...args);
}

export function spansOnRelease(...args: Parameters<ReleaseExpectations["spans"]>): Promise<ExpectedSpans> {
  return expectations.spans(...args);
}
