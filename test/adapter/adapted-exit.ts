/**
 * Runs the exit programs on the bare SDK with the adapter registered, instead of with the wrapped SDK. The application
 * and its providers must notice the same as without the adapter, and the spans must equal the wrapper's.
 * `differences.memory.test.ts` checks the spans of programs where they differ.
 */
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, expect, test } from "vitest";
import type { Exit } from "../exits/exit.ts";
import { comeToRest, ExitApplication, type StreamOperation } from "../exits/exit-application.ts";
import { expectSpans } from "../exits/expect-spans.ts";
import { collectUntil } from "../support/collection.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { expectedDifferences } from "./differences/table.ts";

afterEach(() => registerIntegrations());

async function notice(exit: Exit, telemetry: Telemetry, operation: StreamOperation): Promise<object> {
  // Its own function, so that nothing here keeps the program's values alive: some runs end when these are collected.
  const app = new ExitApplication(v7, v7.ai, telemetry, operation);
  let seen: unknown;
  const rejections = await collectRejections(async () => {
    seen = await exit.run(app);
    await comeToRest(app);
  });
  return {
    seen,
    unhandledRejections: rejections.length,
    attempts: app.models.map(({ calls }) => calls.length),
    provider: exit.leavesAtTheEnd === true ? [] : app.models.map(({ counts }) => counts),
  };
}

/**
 * Programs whose spans differ in more than the name of the SDK's function. `differences.memory.test.ts` checks their
 * spans.
 */
const differentPrograms = new Set(
  [...expectedDifferences()]
    .filter(([, lines]) => lines.some((line) => !line.includes("ai_spans.operation.name")))
    .map(([title]) => title),
);

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  for (const exit of exits) {
    if (exit.majors?.includes("v7") === false) continue;
    test(`${exit.title} (${operation})`, async () => {
      const telemetry = setupTelemetry();
      const bare = await notice(exit, telemetry, operation);
      registerIntegrations(createAISDKTelemetry(exit.options));
      expect(await notice(exit, telemetry, operation), "what is noticed").toEqual(bare);
      await collectUntil(() => telemetry.open.length === 0);
      if (!differentPrograms.has(`${exit.title} (${operation})`)) {
        const forced = exit.forced?.majors.includes("v7") === true ? exit.forced : exit;
        return await expectSpans(telemetry, forced.expected, exit);
      }
      expect(telemetry.open.map(({ name }) => name)).toEqual([]);
      expect(telemetry.diagnostics, "reports to diag").toEqual([]);
    });
  }
}
