/**
 * Measured durations equal those of the spans, to the millisecond, with clocks that the test advances. They are those
 * of tools, of model calls, and of runs that end at an earlier time.
 */
import { clearTimers, passMs } from "../support/fake-clock.ts";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { settle } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupMeters, type Meters } from "../support/meters.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

beforeEach(clearTimers);

const DURATIONS: Readonly<Record<string, string>> = {
  "gen_ai.client.inference.duration": "chat",
  "gen_ai.execute_tool.duration": "execute_tool",
  "gen_ai.invoke_agent.duration": "invoke_agent",
};

/** The durations in whole milliseconds, by operation. */
async function measuredMs(meters: Meters): Promise<Record<string, number>> {
  const { scopeMetrics } = await meters.collect();
  const sums: Record<string, number> = {};
  for (const { descriptor, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    const operation = DURATIONS[descriptor.name];
    for (const { value } of operation ? dataPoints : []) {
      sums[operation ?? ""] =
        (sums[operation ?? ""] ?? 0) + Math.round(((value as Histogram).sum ?? 0) * 1000);
    }
  }
  return sums;
}

function spannedMs({ finished }: Telemetry): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { attributes, duration } of finished) {
    const operation = String(attributes["gen_ai.operation.name"]);
    sums[operation] = (sums[operation] ?? 0) + Math.round(hrTimeToMilliseconds(duration));
  }
  return sums;
}

function callOf(major: Major, steps: readonly ScriptedStep[]) {
  const { tool, jsonSchema } = major.ai;
  const inputSchema = jsonSchema({ type: "object", properties: {} });
  return {
    model: scriptedModel(major, steps).model,
    prompt: "a room",
    onError: () => {},
    tools: { searchRooms: tool({ inputSchema, execute: () => passMs(300) }) },
    stopWhen: major.stepCount(5),
  };
}

const takes = (milliseconds: number) => ({ onCall: () => passMs(milliseconds) });

describe.each(majors)("on $name", (major) => {
  test("of a run with a tool", async () => {
    const [telemetry, meters] = [setupTelemetry(), setupMeters()];
    const steps = [callsTool("searchRooms", "call-1", takes(200)), says("done", takes(50))];
    await wrapAISDK(major.ai).generateText(callOf(major, steps));
    expect(await measuredMs(meters)).toEqual({ chat: 250, execute_tool: 300, invoke_agent: 550 });
    expect(spannedMs(telemetry)).toEqual({ chat: 250, execute_tool: 300, invoke_agent: 550 });
  });

  test("of a run that ends at the time of its last read part, because a second reader reads nothing", async () => {
    const [telemetry, meters] = [setupTelemetry(), setupMeters()];
    const parts = Array.from({ length: 20 }, () => ({ text: "a room" }));
    const result = wrapAISDK(major.ai).streamText(callOf(major, [says("", { parts, ...takes(70) })]));
    const { textStream, fullStream: _unread } = result;
    for await (const _text of textStream);
    expect(telemetry.open).toHaveLength(1);
    await passMs(60_000);
    await settle(() => telemetry.open.length === 0);
    expect(await measuredMs(meters)).toEqual({ chat: 70, invoke_agent: 70 });
    expect(spannedMs(telemetry)).toEqual({ chat: 70, invoke_agent: 70 });
  });

  test("of no chunk that a reader reads after its run was abandoned", async () => {
    const [telemetry, meters] = [setupTelemetry(), setupMeters()];
    const parts = Array.from({ length: 40 }, () => ({ text: "a room" }));
    const ai = wrapAISDK(major.ai, { idleDeadlineMs: 1_000 });
    const reader = ai.streamText(callOf(major, [says("", { parts })])).textStream.getReader();
    await reader.read();
    await passMs(5_000);
    expect(telemetry.open).toEqual([]);
    const before = await chunksIn(meters);
    await passMs(600_000);
    while (!(await reader.read()).done);
    expect(await chunksIn(meters)).toBe(before);
    expect(before).toBeGreaterThan(0);
  });
});

async function chunksIn(meters: Meters): Promise<number> {
  const points = await meters.points();
  return points.find(({ metric }) => metric.endsWith("time_per_output_chunk"))?.count ?? 0;
}
