/**
 * What a test expects of the release of the AI SDK that it runs on. On the newest releases, which the root's package.json
 * installs, that is what the test says. On old ones, test/minors/setup.ts says what differs.
 */
import type { ExpectedTree } from "../conformance/program.ts";

/** The spans of a run. */
export interface ExpectedSpans {
  readonly tree: ExpectedTree;
  /** The SDK goes on after the end of the run, so spans below it end after it. */
  readonly goesOn: boolean;
}

/** The run as it is when all has ended that ends by itself. */
export interface PlayedRun {
  /** Whether all of its spans have ended. */
  readonly isEnded: () => boolean;
  /** Drops what the test holds of the run. */
  readonly drop?: () => void;
}

export interface ReleaseExpectations {
  /** Whether what a program and its providers notice hangs on the order of microtasks. */
  readonly races: () => boolean;
  /** Plays a program, which may fail on an old release. */
  readonly play: (run: () => Promise<void>) => Promise<void>;
  /** The spans that the release gives. Some end only when what the test holds of the run is collected. */
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
