/**
 * Runs the exit programs on the bare SDK with the adapter registered, instead of with the wrapped SDK. The application
 * and its providers must notice the same as without the adapter, and the spans must equal the wrapper's. Import it
 * before the exits.
 */
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, expect, test } from "vitest";
import { observeExit, testExitsBy } from "../exits/exit.ts";
import { ExitStage } from "../exits/exit-stage.ts";
import { expectSpans } from "../exits/expect-spans.ts";
import { expectedOn, programsOn } from "../harness/program.ts";
import { collectUntil } from "../support/collection.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { expectedDifferences } from "./differences/table.ts";

afterEach(() => registerIntegrations());

/**
 * Programs whose spans differ in more than the name of the SDK's function. `differences.memory.test.ts` checks their
 * spans.
 */
const differentPrograms = new Set(
  [...expectedDifferences()]
    .filter(([, lines]) => lines.some((line) => !line.includes("ai_spans.operation.name")))
    .map(([title]) => title),
);

testExitsBy((exits, operation) => {
  for (const exit of programsOn(v7, exits)) {
    const title = `${exit.title} (${operation})`;
    test(title, async () => {
      const telemetry = setupTelemetry();
      const observeOnSDK = () => observeExit(exit, new ExitStage(v7, v7.ai, telemetry, operation));
      const bare = await observeOnSDK();
      registerIntegrations(createAISDKTelemetry(exit.options));
      const { application, provider } = await observeOnSDK();
      expect({ ...application, provider }, "what the program and its providers notice").toEqual({
        ...bare.application,
        provider: bare.provider,
      });
      await collectUntil(() => telemetry.open.length === 0);
      if (!differentPrograms.has(title)) return await expectSpans(telemetry, expectedOn(exit, v7), exit);
      expect(telemetry.open.map(({ name }) => name)).toEqual([]);
      expect(telemetry.diagnostics, "reports to diag").toEqual([]);
    });
  }
});
