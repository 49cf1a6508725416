/**
 * The same program records the same span tree on every major of the AI SDK. This is the main promise of the contract.
 *
 * Holds: one-tree.
 */
import { withTurn, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, type Major } from "../support/majors.ts";
import { playOnRelease } from "../support/on-release.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type TelemetryOptions } from "../support/telemetry.ts";
import { expectedOn, type Program } from "./program.ts";
import { programs } from "./programs.ts";

async function expectTree(program: Program, major: Major, options: TelemetryOptions): Promise<void> {
  const telemetry = setupTelemetry(options);
  const sdk = wrapAISDK(major.ai, program.options);
  await playOnRelease(() => program.run({ major, sdk, tracer: telemetry.tracer, withTurn }));
  await expectSpanTree(telemetry, expectedOn(program, major));
}

for (const [theme, table] of Object.entries(programs)) {
  for (const major of majors) {
    const ofMajor = table.filter((program) => program.majors?.includes(major.name) ?? true);
    if (ofMajor.length === 0) continue;
    // Template literals build the titles, because `test.each` cuts long titles.
    describe(`${theme} on ${major.name}`, () => {
      for (const program of ofMajor) {
        test(program.title, () => expectTree(program, major, { contextManager: true }));
        if (program.needsContextManager === true) continue;
        test(`${program.title}, without a context manager`, () =>
          expectTree(program, major, { contextManager: false }));
      }
    });
  }
}

test("has no two programs of one title", () => {
  const titles = Object.values(programs).flatMap((table) => table.map(({ title }) => title));
  expect(new Set(titles).size).toBe(titles.length);
});
