/**
 * A program, a place and the calls at which it throws, drawn at random: what holds where a place always throws holds where
 * it begins to, and where it throws once. fast-check prints the seed and the trial when one fails.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { excuseFault } from "./excused-faults.ts";
import { SETTINGS, Trials } from "./expected.ts";
import type { Calls } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { PLACES } from "./places.ts";
import { PROGRAMS } from "./programs.ts";

const SEED = 20_261_129;
const RUNS = 200;
/** More calls than the programs make of most places. */
const LAST_CALL = 12;

const trials = new Trials(await loadOnFaultyPlatform());

const anyCalls: fc.Arbitrary<Calls> = fc
  .record({ first: fc.integer({ min: 1, max: LAST_CALL }), isOnce: fc.boolean() })
  .map(({ first, isOnce }) => ({ first, last: isOnce ? first : Infinity }));

const anyTrial = fc.record({
  program: fc.constantFrom(...PROGRAMS),
  place: fc.constantFrom(...PLACES),
  calls: anyCalls,
  isMetered: fc.boolean(),
  /** Whether the logger throws when it is told of the fault. */
  isLoggerBroken: fc.boolean(),
});

describe.each(SETTINGS)("on $major.name, by the $entry", (setting) => {
  test("a fault costs its own fact, whenever it is", { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(
      anyTrial,
      async ({ program, place, calls, isMetered, isLoggerBroken }) => {
        excuseFault(place);
        const logger = isLoggerBroken ? [{ place: "diag.warn", calls: { first: 1, last: Infinity } }] : [];
        const faults = [{ place, calls }, ...logger];
        const findings = await trials.run({ ...setting, program, isMetered, faults });
        expect(findings, `${program.title}, ${place}`).toEqual([]);
      },
    );
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  });
});
