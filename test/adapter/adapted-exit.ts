/**
 * The runner of the exit programs for the bare SDK with the adapter registered, in place of the one that wraps: what the
 * application and its providers notice is what they notice without us, and the spans are the wrapper's. Where they differ,
 * `differences.memory.test.ts` holds them.
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
  // In a frame of its own: some runs end when all that the program made is collected.
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

/** Programs whose spans differ in more than the name of the SDK's function. The comparison holds their spans. */
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
