/**
 * Transforms of the caller are between the model's stream and the readers of the result. They change what is read. They
 * do not change what the provider reported: ids, usage, finish reasons and the time of the first part. The test
 * advances the clock.
 */
import { clearTimers, passMs } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { readText, says } from "../conformance/script.ts";
import { createGate } from "../support/gate.ts";
import { majors, type CallParameters, type Major } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

type Part = { readonly type: string };
type Handle = (part: Part, controller: TransformStreamDefaultController<Part>) => void;

const TRANSFORMS: Readonly<Record<string, () => Handle>> = {
  "passes every part on": () => (part, controller) => controller.enqueue(part),
  "drops every text": () => (part, controller) => {
    if (!part.type.startsWith("text-")) controller.enqueue(part);
  },
  "holds every text back until its end": () => {
    const held: Part[] = [];
    return (part, controller) => {
      if (part.type === "text-end") for (const text of held.splice(0)) controller.enqueue(text);
      if (part.type === "text-delta") held.push(part);
      else controller.enqueue(part);
    };
  },
  "says each text twice": () => (part, controller) => {
    controller.enqueue(part);
    if (part.type === "text-delta") controller.enqueue(part);
  },
};

function start(major: Major) {
  const telemetry = setupTelemetry();
  return { telemetry, app: new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText") };
}

function transforming(handle: Handle): CallParameters {
  return { experimental_transform: () => new TransformStream<Part, Part>({ transform: handle }) };
}

beforeEach(clearTimers);

for (const major of majors)
  describe(`a transform (${major.name})`, () => {
    test.each(Object.entries(TRANSFORMS))("that %s changes nothing of the spans", async (_title, make) => {
      const { app, telemetry } = start(major);
      const result = app.streamText(
        [says("", { parts: [{ text: "a " }, { text: "room" }] })],
        transforming(make()),
      );
      for await (const _part of result.fullStream);
      await expectSpans(telemetry, agentSpan({}, [chatSpan({ streaming: true })]));
    });

    test("that holds parts back does not delay the first one on the span", async () => {
      const { app, telemetry } = start(major);
      const [first, middle] = [createGate(), createGate()];
      const parts = [{ gate: first }, { text: "a " }, { gate: middle }, { text: "room" }];
      const hold = TRANSFORMS["holds every text back until its end"]?.() ?? (() => {});
      const result = app.streamText([says("", { parts })], transforming(hold));
      const reading = readText(major, result);
      await first.reached;
      await passMs(250);
      first.open();
      await middle.reached;
      await passMs(4_000);
      middle.open();
      await reading;
      const chat = telemetry.finished.find(({ name }) => name.startsWith("chat"));
      expect(chat?.attributes["gen_ai.response.time_to_first_chunk"]).toBe(0.25);
    });

    test("that holds parts back changes no span of a canceled run", async () => {
      const { app, telemetry } = start(major);
      const gate = createGate();
      const hold = TRANSFORMS["holds every text back until its end"]?.() ?? (() => {});
      const step = says("", { parts: [{ text: "a " }, { gate }, { text: "room" }] });
      const reader = app.streamText([step], transforming(hold)).fullStream.getReader();
      await gate.reached;
      await reader.cancel();
      gate.open();
      await expectSpans(
        telemetry,
        agentSpan({ canceled: "consumer" }, [
          chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer" }),
        ]),
      );
    });
  });

for (const major of majors)
  describe(`a reader that is slow (${major.name})`, () => {
    test("does not delay the first part on the span", async () => {
      const { app, telemetry } = start(major);
      const gate = createGate();
      const reader = app
        .streamText([says("", { parts: [{ gate }, { text: "a room" }] })])
        .fullStream.getReader();
      await gate.reached;
      await passMs(250);
      gate.open();
      for (let read = await reader.read(); !read.done; read = await reader.read()) await passMs(500);
      const chat = telemetry.finished.find(({ name }) => name.startsWith("chat"));
      expect(chat?.attributes["gen_ai.response.time_to_first_chunk"]).toBe(0.25);
      await expectSpans(telemetry, agentSpan({}, [chatSpan({ streaming: true })]));
    });
  });
