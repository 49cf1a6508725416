/**
 * Runs whose end the SDK's telemetry does not report: a consumer leaves, or a promise never settles. Such a run ends
 * when the SDK's call is collected, and the adapter holds nothing of it afterwards.
 */
import { createAISDKTelemetry, withTurn } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { programs } from "../conformance/programs.ts";
import type { AdaptedTree, Program } from "../conformance/program.ts";
import { collectUntil } from "../support/collection.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";

afterEach(() => registerIntegrations());

/** Its own function, so that what the program made is unreachable afterwards. */
async function runProgram(program: Program, telemetry: ReturnType<typeof setupTelemetry>): Promise<void> {
  await program.run({ major: v7, sdk: v7.ai, tracer: telemetry.tracer, withTurn });
}

const unseen = Object.values(programs)
  .flat()
  .flatMap((program): { program: Program; adapted: AdaptedTree }[] => {
    const { adapted } = program;
    return adapted?.byCollection === true ? [{ program, adapted }] : [];
  });

describe.each([true, false])("with a context manager: %s", (contextManager) => {
  for (const { program, adapted } of unseen) {
    test(program.title, async () => {
      const telemetry = setupTelemetry({ contextManager });
      registerIntegrations(createAISDKTelemetry(program.options));
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
