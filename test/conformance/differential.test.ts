/**
 * The same program gives the same span tree on every major of the AI SDK: the contract's central promise.
 */
import { withTurn, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { expectedOn } from "./program.ts";
import { programs } from "./programs.ts";

for (const [theme, table] of Object.entries(programs)) {
  describe(theme, () => {
    for (const program of table) {
      for (const major of majors) {
        test.runIf(program.majors?.includes(major.name) ?? true)(`${program.title} (${major.name})`, async () => {
          const telemetry = setupTelemetry();
          const sdk = wrapAISDK(major.ai, program.options);
          await program.run({ major, sdk, tracer: telemetry.tracer, withTurn });
          await expectSpanTree(telemetry, expectedOn(program, major));
        });
      }
    }
  });
}

test("has no two programs of one title", () => {
  const titles = Object.values(programs).flatMap((table) => table.map(({ title }) => title));
  expect(new Set(titles).size).toBe(titles.length);
});
