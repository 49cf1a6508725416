/**
 * The time to the first chunk ends at the first part with output. Parts that a provider sends before that do not count.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { createGate } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel, type ScriptedPart } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { readText, says } from "./script.ts";

const WAIT_MS = 5;

/** Waits at least this long. The test asserts only the lower bound, so a slow machine cannot fail it. */
function waitBusily(): void {
  const start = performance.now();
  while (performance.now() - start < WAIT_MS);
}

const FIRST_PARTS: Readonly<Record<string, ScriptedPart>> = {
  text: { text: "a room" },
  reasoning: { reasoning: "hm" },
  "a tool call": { toolCall: { name: "searchRooms", id: "call-1" } },
};

describe.each(majors)("on $name", (major) => {
  test.each(Object.entries(FIRST_PARTS))("ends at the first part, which is %s", async (_name, part) => {
    const telemetry = setupTelemetry();
    const gate = createGate();
    const { model } = scriptedModel(major, [says("", { parts: [{ gate }, part] })]);
    const { tool, jsonSchema } = major.ai;
    const searchRooms = tool({ inputSchema: jsonSchema({ type: "object", properties: {} }) });
    const result = wrapAISDK(major.ai).streamText({ model, prompt: "a room", tools: { searchRooms } });
    const reading = readText(major, result);
    // When the gate is reached, the stream has begun and has sent its id and model.
    await gate.reached;
    waitBusily();
    gate.open();
    await reading;

    const chat = telemetry.finished.find((span) => span.name.startsWith("chat"));
    const seconds = chat?.attributes["gen_ai.response.time_to_first_chunk"];
    expect(seconds).toBeGreaterThanOrEqual(WAIT_MS / 1000);
    const [whole, nanos] = chat?.duration ?? [0, 0];
    // The start time of a span has a resolution of one millisecond.
    expect(seconds).toBeLessThanOrEqual(whole + nanos / 1e9 + 0.001);
  });
});
