/**
 * Every place throws at each of its calls. The program gets the same as on the bare SDK, each span ends once, and only
 * the fact of the failed call is lost.
 *
 * Holds: containment.
 */
import { describe, expect, test } from "vitest";
import { excuseFault } from "./excused-faults.ts";
import { WAYS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import { EVERY_CALL } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { PLACES } from "./places.ts";
import { PROGRAMS } from "./programs.ts";

/** Every place meets every program in one of this many settings. */
const SHARES = 2;

const trials = new Trials(await loadOnFaultyPlatform());

describe.each(WAYS.map((setting, number) => ({ ...setting, number })))(
  "on $major.name, by the $entry",
  ({ major, entry, number }) => {
    test.each(PLACES.map((place, index) => ({ place, index })))("$place throws", async ({ place, index }) => {
      excuseFault(place);
      for (const [order, program] of PROGRAMS.entries()) {
        if ((number + order + index) % SHARES !== 0) continue;
        const faults = [{ place, calls: EVERY_CALL }];
        const findings = await trials.run({ major, entry, isMetered: true, program, faults });
        expect.soft(findings, program.title).toEqual([]);
      }
    });
  },
);
