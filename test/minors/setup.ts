/**
 * Set up before every test file on old releases: what the tests expect is what the table of differences makes of it.
 */
import { expect } from "vitest";
import { collectUntil } from "../support/collection.ts";
import { expectOnRelease } from "../support/on-release.ts";
import { otherExpectation } from "./tested-differences.ts";

expectOnRelease({
  races: () => otherExpectation()?.races === true,
  play: async (run) => {
    const name = otherExpectation()?.rejects;
    if (name === undefined) return await run();
    await expect(run(), "the program on this release").rejects.toMatchObject({ name });
  },
  spans: async (newest, { isEnded, drop }) => {
    const other = otherExpectation();
    if (!other) return newest;
    if (other.byCollection) {
      drop?.();
      await collectUntil(isEnded);
    }
    return { tree: other.tree(newest.tree), goesOn: other.goesOn ?? newest.goesOn };
  },
});
