/**
 * After its reader has left, the SDK still finishes its current step, with the step's tools. Meanwhile no span stays
 * open, and no ended span changes.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { createGate, settle, turns } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { spanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { callsTool, says } from "./script.ts";

const TURNS_TO_REST = 50;

describe.each(majors)("on $name", (major) => {
  test("leaves no span open if the reader leaves in the first of two steps", async () => {
    const telemetry = setupTelemetry();
    const sdk = wrapAISDK(major.ai);
    const gate = createGate();
    const { model } = scriptedModel(major, [
      callsTool("searchRooms", "call-1", {
        parts: [{ text: "let me see" }, { gate }, { toolCall: { name: "searchRooms", id: "call-1" } }],
      }),
      says("two"),
    ]);
    const searchRooms = toolOf(sdk);
    const result = sdk.streamText({
      model,
      prompt: "a room",
      tools: { searchRooms },
      stopWhen: major.stepCount(5),
      ...major.telemetryOptions({ functionId: "booking-agent" }),
    });
    for await (const _text of result.textStream) break;
    await settle(() => telemetry.open.length === 0);
    const [agent] = spanTree(telemetry.started);
    gate.open();
    await turns(TURNS_TO_REST);

    expect(telemetry.open.map((span) => span.name)).toEqual([]);
    expect(telemetry.diagnostics).toEqual([]);
    const [agentAtRest] = spanTree(telemetry.started);
    expect(agentAtRest?.attributes).toEqual(agent?.attributes);
    expect(agentAtRest?.attributes).toMatchObject({ "ai_spans.cancel.cause": "consumer" });
  });
});
