/**
 * The same program records the same span tree on every major of the AI SDK. This is the main promise of the contract.
 *
 * Holds: one-tree.
 */
import { describe, expect, test } from "vitest";
import { stageOn } from "../harness/stage.ts";
import { playOnRelease } from "../support/on-release.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type TelemetryOptions } from "../support/telemetry.ts";
import { type Way, WRAPPERS } from "../support/ways.ts";
import type { TreeProgram } from "./program.ts";
import { expectedOn, programsOn } from "../harness/program.ts";
import { programs } from "./programs.ts";

async function expectTree(program: TreeProgram, way: Way, options: TelemetryOptions): Promise<void> {
  const telemetry = setupTelemetry(options);
  await playOnRelease(() => program.run(stageOn(way, telemetry, program.options)));
  await expectSpanTree(telemetry, expectedOn(program, way.major));
}

for (const [theme, table] of Object.entries(programs)) {
  for (const way of WRAPPERS) {
    const { major } = way;
    const ofMajor = programsOn(major, table);
    if (ofMajor.length === 0) continue;
    // Template literals build the titles, because `test.each` cuts long titles.
    describe(`${theme} on ${major.name}`, () => {
      for (const program of ofMajor) {
        test(program.title, () => expectTree(program, way, { contextManager: true }));
        if (program.needsContextManager === true) continue;
        test(`${program.title}, without a context manager`, () =>
          expectTree(program, way, { contextManager: false }));
      }
    });
  }
}

test("has no two programs of one title", () => {
  const titles = Object.values(programs).flatMap((table) => table.map(({ title }) => title));
  expect(new Set(titles).size).toBe(titles.length);
});
