/**
 * The v7 adapter records the same tree as the wrapper, for every program of the table.
 *
 * Holds: same-by-adapter.
 */
import { afterEach, describe, test } from "vitest";
import { stageOn, untrace } from "../harness/stage.ts";
import { v7 } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type TelemetryOptions } from "../support/telemetry.ts";
import { wayOf } from "../support/ways.ts";
import type { TreeProgram } from "./program.ts";
import { expectedOn, programsOn } from "../harness/program.ts";
import { programs } from "./programs.ts";

const adapter = wayOf("adapter", v7);
afterEach(untrace);

async function expectTree(program: TreeProgram, options: TelemetryOptions): Promise<void> {
  const telemetry = setupTelemetry(options);
  await program.run(stageOn(adapter, telemetry, program.options));
  await expectSpanTree(telemetry, program.adapted?.expected ?? expectedOn(program, v7));
}

for (const [theme, table] of Object.entries(programs)) {
  describe(`${theme} through the adapter`, () => {
    for (const program of programsOn(v7, table)) {
      if (program.adapted?.byCollection) continue;
      test(program.title, () => expectTree(program, { contextManager: true }));
      if (program.needsContextManager === true) continue;
      test(`${program.title}, without a context manager`, () =>
        expectTree(program, { contextManager: false }));
    }
  });
}
