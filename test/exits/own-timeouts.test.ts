/**
 * Work that aborts itself, such as a request with a timeout. It fails with an `AbortError`, although no signal of the
 * run has aborted. That is a failure and not a cancellation.
 *
 * Holds: own-timeouts.
 */
import { wrapAISDK, wrapTool } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, drain, rejects, says, swallow } from "../conformance/script.ts";
import { directSpan } from "../direct-tools/directly.ts";
import { majors } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

/** Rejects as `fetch` does when a signal of the tool aborts. */
function timeOut(): Promise<never> {
  const controller = new AbortController();
  controller.abort();
  return Promise.reject(controller.signal.reason);
}

const FAILED = { error: "AbortError" } as const;
const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;

describe.each(majors)("on $name", (major) => {
  test.each([
    ["without a signal", undefined],
    ["with a signal that has not fired", new AbortController().signal],
  ])("a tool fails, and its run is ok (%s)", async (_title, abortSignal) => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    await app.generateText([callsTool("searchRooms", "call-1"), says("none")], {
      ...app.loop(timeOut),
      ...(abortSignal && { abortSignal }),
    });
    await expectSpans(
      telemetry,
      agentSpan({ usage: { input: 20, output: 10 } }, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", FAILED),
        chatSpan(),
      ]),
    );
  });

  test("a model call fails, and its run with it", async () => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const error = new DOMException("This operation was aborted", "AbortError");
    await swallow(app.generateText([rejects(error)]));
    await expectSpans(
      telemetry,
      agentSpan({ ...FAILED, usage: null, finish: null }, [chatSpan({ ...UNANSWERED, ...FAILED })]),
    );
  });

  test("a streamed model call fails, and its run with it", async () => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const error = new DOMException("This operation was aborted", "AbortError");
    await drain(app.streamText([rejects(error)], { onError: () => {} }));
    await expectSpans(
      telemetry,
      agentSpan({ ...FAILED, usage: null, finish: null }, [
        chatSpan({ ...UNANSWERED, ...FAILED, streaming: true }),
      ]),
    );
  });
});

test("a tool that the program calls itself fails", async () => {
  const telemetry = setupTelemetry();
  const { execute } = wrapTool("searchRooms", { execute: timeOut });
  await expect(execute()).rejects.toThrow("aborted");
  await expectSpans(telemetry, directSpan({ ...FAILED, attributes: { "gen_ai.tool.call.id": undefined } }));
});
