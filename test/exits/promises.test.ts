/**
 * A program awaits only a promise of a streamed result. When the promise settles, the run has ended, because the
 * program may stop its tracer in that turn.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { type ExitResult, ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

type PromiseName = "text" | "steps" | "totalUsage" | "response" | "finishReason";

const NAMES: readonly PromiseName[] = ["text", "steps", "totalUsage", "response", "finishReason"];

describe.each(majors)("on $name", (major) => {
  test.each(NAMES)("has ended when the program has its %s", async (name) => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const result: ExitResult & { readonly [Name in PromiseName]?: unknown } = app.streamText(
      [callsTool("searchRooms", "call-1"), says("two")],
      app.loop(async () => 2),
    );
    await result[name];
    expect(telemetry.open).toEqual([]);
    await expectSpans(
      telemetry,
      agentSpan({ usage: { input: 20, output: 10 } }, [
        chatSpan({ streaming: true, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ streaming: true }),
      ]),
    );
  });
});
