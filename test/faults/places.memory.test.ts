/**
 * Every place at which ours can be thrown at, at each of its calls: the program sees what it sees without us, each span
 * ends once, and what failed has cost nothing else.
 */
import { describe, expect, test } from "vitest";
import { excuseFindings } from "../registry/excused.ts";
import { SETTINGS, Trials } from "./expected.ts";
import { EVERY_CALL } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { PLACES } from "./findings.ts";
import { PROGRAMS } from "./programs.ts";

/** Every place meets a share of the programs and every program a share of the places, on each major. */
const SHARES = Number(process.env["SHARES"] ?? 4);

const trials = new Trials(await loadOnFaultyPlatform(() => import("ai-spans")));

describe.each(SETTINGS)("on $major.name, by the $entry", (setting) => {
  test.each(PLACES.map((place, index) => ({ place, index })))("$place throws", async ({ place, index }) => {
    // A failed span lacks one of the two; what a broken tracer was to start with is not all there.
    excuseFindings(place.startsWith("span.set") ? [{ rule: "error.type" }] : []);
    for (const [order, program] of PROGRAMS.entries()) {
      if ((order + index) % SHARES !== 0) continue;
      const isMetered = true;
      const findings = await trials.run({
        ...setting,
        isMetered,
        program,
        faults: [{ place, calls: EVERY_CALL }],
      });
      expect.soft(findings, program.title).toEqual([]);
    }
  });
});
