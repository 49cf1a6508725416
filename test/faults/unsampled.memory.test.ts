/**
 * Spans that do not record and whose methods throw. The program gets the same as on the bare SDK, and the metrics are
 * those of recording spans.
 */
import { describe, expect, test } from "vitest";
import { pointsOf } from "../support/meters.ts";
import { WAYS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import { EVERY_CALL } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { CONTEXT_PLACES, SPAN_PLACES, STARTING_PLACES, TRACER_PLACES } from "./faulty-opentelemetry.ts";
import { PROGRAMS } from "./programs.ts";
import type { Trial } from "./trial.ts";

const SHARES = 4;
const PLACES = [...TRACER_PLACES, ...STARTING_PLACES, ...SPAN_PLACES, ...CONTEXT_PLACES];

const trials = new Trials(await loadOnFaultyPlatform());

describe.each(WAYS)("on $major.name, by the $entry", (setting) => {
  test.each(PLACES.map((place, index) => ({ place, index })))("$place throws", async ({ place, index }) => {
    for (const [order, program] of PROGRAMS.entries()) {
      if ((order + index) % SHARES !== 0) continue;
      for (const isMetered of [true, false]) {
        const faults = [{ place, calls: EVERY_CALL }];
        const trial: Trial = { ...setting, program, isMetered, faults, isSampled: false };
        const { outcome, expected } = await trials.compare(trial);
        expect.soft(outcome.log, program.title).toEqual(expected.log);
        expect.soft(outcome.exceptions).toEqual([]);
        expect.soft(Math.max(0, ...outcome.ends), "ends of one span").toBeLessThanOrEqual(1);
        expect.soft(pointsOf(outcome.metrics), program.title).toEqual(pointsOf(expected.sound.metrics));
      }
    }
  });
});
