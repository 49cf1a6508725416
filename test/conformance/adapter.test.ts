/**
 * The v7 adapter records the same tree as the wrapper, for every program of the table.
 *
 * Holds: same-by-adapter.
 */
import { createAISDKTelemetry, withTurn } from "ai-spans";
import { afterEach, describe, test } from "vitest";
import { v7 } from "../support/majors.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type TelemetryOptions } from "../support/telemetry.ts";
import { expectedOn, type Program } from "./program.ts";
import { programs } from "./programs.ts";

afterEach(() => registerIntegrations());

async function expectTree(program: Program, options: TelemetryOptions): Promise<void> {
  const telemetry = setupTelemetry(options);
  registerIntegrations(createAISDKTelemetry(program.options));
  await program.run({ major: v7, sdk: v7.ai, tracer: telemetry.tracer, withTurn });
  await expectSpanTree(telemetry, program.adapted?.expected ?? expectedOn(program, v7));
}

for (const [theme, table] of Object.entries(programs)) {
  describe(`${theme} through the adapter`, () => {
    for (const program of table) {
      if (program.majors?.includes("v7") === false || program.adapted?.byCollection) continue;
      test(program.title, () => expectTree(program, { contextManager: true }));
      if (program.needsContextManager === true) continue;
      test(`${program.title}, without a context manager`, () =>
        expectTree(program, { contextManager: false }));
    }
  });
}
