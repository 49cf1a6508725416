/**
 * Calls the hooks by hand, as a durable workflow does when it reports a run after it took place. The spans have the
 * times of the events and form one tree.
 */
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { beforeEach, describe, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { expectSpanTree, spanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { createDrivenAdapter } from "./driven-adapter.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

const STARTED_MS = 1_790_000_000_000;
const ENDED_MS = STARTED_MS + 90_000;

function startOf(callId: string): object {
  return {
    callId,
    operationId: "ai.generateText",
    modelId: "mock-model",
    functionId: AGENT_NAME,
    timestamp: STARTED_MS,
  };
}

function times(): Record<string, readonly [startMs: number, endMs: number]> {
  return Object.fromEntries(
    telemetry.finished.map((span) => [
      span.name,
      [hrTimeToMilliseconds(span.startTime), hrTimeToMilliseconds(span.endTime)],
    ]),
  );
}

const ENDS: Readonly<
  Record<string, readonly [name: "onEnd" | "onError" | "onAbort", event: object, ending: object]>
> = {
  "its end": ["onEnd", {}, {}],
  "its error": ["onError", { error: new RangeError("no") }, { error: "RangeError" }],
  "its abort": ["onAbort", {}, { canceled: "abort" }],
};

describe("a replayed run", () => {
  test.each(Object.entries(ENDS))(
    "has the time of its start and of %s",
    async (_name, [name, event, ending]) => {
      const adapter = createDrivenAdapter();
      adapter.onStart(startOf("run-1"));
      adapter[name]({ callId: "run-1", timestamp: ENDED_MS, ...event });
      expect(times()).toEqual({ [`invoke_agent ${AGENT_NAME}`]: [STARTED_MS, ENDED_MS] });
      await expectSpanTree(telemetry, agentSpan(ending));
      expect(callCount()).toBe(0);
    },
  );

  test("that executes its work again has the work in its tree", async () => {
    const adapter = createDrivenAdapter();
    adapter.onStart({ ...startOf("run-2"), timestamp: undefined });
    const answer = { finishReason: "stop", usage: { inputTokens: 10, outputTokens: 5 } };
    const model = { callId: "run-2", provider: "mock-provider", modelId: "mock-model" };
    await adapter.executeLanguageModelCall({ ...model, execute: async () => answer });
    const toolCall = { toolName: "searchRooms" };
    const tool = { callId: "run-2", toolCall, toolCallId: "call-1" };
    await adapter.executeTool({ ...tool, execute: async () => 2 });
    adapter.onEnd({ callId: "run-2" });
    await expectSpanTree(
      telemetry,
      agentSpan({}, [chatSpan({ response: null }), toolSpan("searchRooms", "call-1")]),
    );
  });

  test("that is replayed twice under one id has a tree each", () => {
    const adapter = createDrivenAdapter();
    for (let replay = 0; replay < 2; replay++) {
      adapter.onStart(startOf("run-3"));
      adapter.onEnd({ callId: "run-3", timestamp: ENDED_MS });
    }
    expect(spanTree(telemetry.started)).toHaveLength(2);
    expect(telemetry.open).toEqual([]);
  });

  test("has only the span of the run if its model calls and tools come as events alone", () => {
    const adapter = createDrivenAdapter();
    adapter.onStart(startOf("run-4"));
    for (const name of ["onStepStart", "onLanguageModelCallStart", "onLanguageModelCallEnd"])
      expect(name in adapter).toBe(false);
    adapter.onEnd({ callId: "run-4", timestamp: ENDED_MS });
    expect(telemetry.finished.map(({ name }) => name)).toEqual([`invoke_agent ${AGENT_NAME}`]);
  });

  test("of a workflow agent, which has one id for all its calls, has no spans", async () => {
    const adapter = createDrivenAdapter();
    const callId = "workflow-agent";
    adapter.onStart({ ...startOf(callId), operationId: "ai.workflowAgent.stream" });
    expect(await adapter.executeTool({ callId, execute: async () => 2 })).toBe(2);
    adapter.onEnd({ callId });
    expect(telemetry.started).toEqual([]);
  });
});
