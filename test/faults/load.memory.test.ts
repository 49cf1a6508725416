/**
 * Faults that a process meets only once: constructors that throw while the module loads, and a logger that throws at
 * its first report. So each test loads the package again.
 */
import { describe, expect, test, vi } from "vitest";
import { excuseFault } from "./excused-faults.ts";
import { WAYS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import { arm, disarm, EVERY_CALL, type Fault } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { findingsOf } from "./findings.ts";
import { PLACES } from "./places.ts";
import { PROGRAMS } from "./programs.ts";

const SHARES = 4;

/** @param faults what throws while the module loads */
async function loadAnew(
  ...faults: readonly Fault[]
): Promise<{ trials: Trials; strikes: readonly number[] }> {
  vi.resetModules();
  arm(...faults);
  try {
    return { trials: new Trials(await loadOnFaultyPlatform()), strikes: disarm() };
  } finally {
    disarm();
  }
}

describe.each(WAYS)("on $major.name, by the $entry", (setting) => {
  test("spans end later, and nothing else differs, if finalization registries cannot be constructed", async () => {
    const { trials, strikes } = await loadAnew({
      place: "FinalizationRegistry.constructor",
      calls: EVERY_CALL,
    });
    expect(strikes[0]).toBeGreaterThan(0);
    for (const program of PROGRAMS) {
      const findings = await trials.run({ ...setting, program, isMetered: true, faults: [] });
      expect.soft(findings, program.title).toEqual([]);
    }
  });

  test("only the report is lost if the logger throws", async () => {
    let strikes = 0;
    for (const [index, place] of PLACES.entries()) {
      const program = PROGRAMS[index % PROGRAMS.length];
      if (program === undefined || index % SHARES !== 0) continue;
      excuseFault(place);
      const { trials } = await loadAnew();
      const logger = { place: "diag.warn", calls: EVERY_CALL };
      const faults = [{ place, calls: EVERY_CALL }, logger];
      const trial = { ...setting, program, isMetered: true, faults };
      const { outcome, expected } = await trials.compare(trial);
      expect.soft(findingsOf(outcome, expected, trial), `${program.title}, ${place}`).toEqual([]);
      strikes += outcome.strikes[1] ?? 0;
    }
    expect(strikes, "reports").toBeGreaterThan(0);
  });
});
