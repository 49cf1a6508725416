/**
 * A program aborts to clean up after the last part of its stream, while its `onFinish` still runs. The SDK has nothing
 * left to stop, so the run keeps its outcome.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { says } from "../conformance/script.ts";
import { createGate } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

describe.each(majors)("on $name", (major) => {
  test("an abort while onFinish runs cancels nothing", async () => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const gate = createGate();
    const controller = new AbortController();
    const types: string[] = [];
    const result = app.streamText([says("a room")], {
      abortSignal: controller.signal,
      onFinish: () => gate.pass(),
    });
    const reading = (async () => {
      for await (const { type } of result.fullStream) types.push(type);
    })();
    await gate.reached;
    controller.abort();
    gate.open();
    await reading;
    expect(types.at(-1)).toBe("finish");
    await expectSpans(
      telemetry,
      agentSpan({ usage: { input: 10, output: 5 } }, [chatSpan({ streaming: true })]),
    );
  });
});

describe.each(majors)("on $name", (major) => {
  test("an abort while onStepFinish of the last step runs cancels no promise", async () => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const controller = new AbortController();
    const { text } = await app.generateText([says("a room")], {
      abortSignal: controller.signal,
      onStepFinish: () => controller.abort(),
    });
    expect(text).toBe("a room");
    await expectSpans(telemetry, agentSpan({ usage: { input: 10, output: 5 } }, [chatSpan()]));
  });
});

// v5 has no `onFinish` for `generateText`.
describe.each(majors.filter(({ name }) => name !== "v5"))("on $name", (major) => {
  test("an abort while onFinish runs cancels no promise", async () => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const gate = createGate();
    const controller = new AbortController();
    const generated = app.generateText([says("a room")], {
      abortSignal: controller.signal,
      onFinish: () => gate.pass(),
    });
    await gate.reached;
    controller.abort();
    gate.open();
    expect((await generated).text).toBe("a room");
    await expectSpans(telemetry, agentSpan({ usage: { input: 10, output: 5 } }, [chatSpan()]));
  });
});
