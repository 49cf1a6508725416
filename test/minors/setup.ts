/**
 * Runs before every test file on old releases. It changes the expectations of the tests by the table of differences.
 */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, expect } from "vitest";
import { collectPromisesUntil } from "../support/collection.ts";
import { expectOnRelease } from "../support/on-release.ts";
import type { otherExpectation as otherExpectationOf } from "./tested-differences.ts";

// Imported after the test file. The table's modules import our sources, which cache the clocks that the test file may
// replace.
let otherExpectation: typeof otherExpectationOf;
beforeAll(async () => {
  ({ otherExpectation } = await import("./tested-differences.ts"));
});

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
      await collectPromisesUntil(isEnded);
    }
    return { tree: other.tree(newest.tree), goesOn: other.goesOn ?? newest.goesOn };
  },
});

// `undefined` leaves the comparison to the other testers. Tests that a row with `comparedPart` matches compare only what
// programs notice.
expect.addEqualityTesters([
  (one, other) => {
    const comparedPart = otherExpectation()?.comparedPart;
    if (!comparedPart || typeof one !== "object" || typeof other !== "object" || !one || !other)
      return undefined;
    return isDeepStrictEqual(comparedPart(one), comparedPart(other));
  },
]);
