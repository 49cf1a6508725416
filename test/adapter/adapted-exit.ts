/**
 * The runner of the exit programs for the bare SDK with the adapter registered, in place of the one that wraps: what the
 * application and its providers notice is what they notice without us, and the spans are the wrapper's but for the
 * programs of `EXIT_DIFFERENCES`.
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
import { spanTree, type SpanNode } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { EXIT_DIFFERENCES } from "./exit-differences.ts";

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

/** The operation of each span and how it ended, by depth. */
function outline(nodes: readonly SpanNode[], indent = ""): string[] {
  return nodes.flatMap(({ attributes, children }) => [
    `${indent}${[
      attributes["gen_ai.operation.name"],
      attributes["error.type"] ?? attributes["ai_spans.cancel.cause"] ?? "ok",
    ].join(" ")}`,
    ...outline(children, `${indent}  `),
  ]);
}

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  for (const exit of exits) {
    if (exit.majors?.includes("v7") === false) continue;
    test(`${exit.title} (${operation})`, async () => {
      const telemetry = setupTelemetry();
      const bare = await notice(exit, telemetry, operation);
      registerIntegrations(createAISDKTelemetry(exit.options));
      expect(await notice(exit, telemetry, operation), "what is noticed").toEqual(bare);
      await collectUntil(() => telemetry.open.length === 0);
      const difference = EXIT_DIFFERENCES.find(
        ({ titles, only = operation }) => only === operation && titles.test(exit.title),
      );
      if (difference === undefined) {
        const forced = exit.forced?.majors.includes("v7") === true ? exit.forced : exit;
        return await expectSpans(telemetry, forced.expected, exit);
      }
      expect(telemetry.open.map(({ name }) => name)).toEqual([]);
      expect(outline(spanTree(telemetry.started)), difference.line).toEqual(difference.outline);
      expect(telemetry.diagnostics, "reports to diag").toEqual([]);
    });
  }
}
