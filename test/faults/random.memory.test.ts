/**
 * A random program, a random place, and random calls at which it throws, once or from some call on. The same rules hold
 * as if it always throws. fast-check prints the seed and the trial of a failure.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { excuseFault } from "./excused-faults.ts";
import { WAYS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import type { Calls } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { PLACES } from "./places.ts";
import { PROGRAMS } from "./programs.ts";

const SEED = 20_261_129;
const RUNS = 200;
/** Most places have fewer calls in a program. */
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
  /** Whether the logger throws when ai-spans reports the fault. */
  isLoggerBroken: fc.boolean(),
});

describe.each(WAYS)("on $major.name, by the $entry", (setting) => {
  test("a fault loses only its own fact, whenever it throws", { timeout: 120_000 }, async () => {
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
