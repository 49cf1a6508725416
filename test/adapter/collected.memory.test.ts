/**
 * Runs whose end the SDK's telemetry does not report: a consumer leaves, or a promise never settles. Such a run ends
 * when the SDK's call is collected, and the adapter holds nothing of it afterwards.
 */
import { afterEach, describe, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { programs } from "../conformance/programs.ts";
import type { AdaptedTree, TreeProgram } from "../conformance/program.ts";
import { stageOn, untrace } from "../harness/stage.ts";
import { collectUntil } from "../support/collection.ts";
import { v7 } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { wayOf } from "../support/ways.ts";

afterEach(untrace);

/** Its own function, so that what the program made is unreachable afterwards. */
async function runProgram(program: TreeProgram, telemetry: ReturnType<typeof setupTelemetry>): Promise<void> {
  await program.run(stageOn(wayOf("adapter", v7), telemetry, program.options));
}

const unseen = Object.values(programs)
  .flat()
  .flatMap((program): { program: TreeProgram; adapted: AdaptedTree }[] => {
    const { adapted } = program;
    return adapted?.byCollection === true ? [{ program, adapted }] : [];
  });

describe.each([true, false])("with a context manager: %s", (contextManager) => {
  for (const { program, adapted } of unseen) {
    test(program.title, async () => {
      const telemetry = setupTelemetry({ contextManager });
      await runProgram(program, telemetry);
      await collectUntil(() => telemetry.open.length === 0 && callCount() === 0);
      await expectSpanTree(telemetry, adapted.expected);
      expect(callCount(), "calls held by the adapter").toBe(0);
    });
  }
});

test("there are such programs", () => {
  expect(unseen.length).toBeGreaterThan(5);
});
