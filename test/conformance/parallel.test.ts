/**
 * Two hundred runs at once, with a context manager and without one. No run has a span of another run.
 */
import { withTurn, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { createGate } from "../support/gate.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "./expected-spans.ts";
import { callsTool, readText, says } from "./script.ts";

const RUNS = 200;
const runs = Array.from({ length: RUNS }, (_, index) => index);

interface Fleet {
  /** Starts one run and returns the promise of its end. */
  readonly start: (index: number) => PromiseLike<unknown>;
  /** Waits until all tools run, then lets them finish, the last one first. */
  readonly release: () => Promise<void>;
}

/**
 * Each run has two steps with a tool call between them. Every other run streams. All runs share one tool, whose calls
 * overlap.
 */
function createFleet(major: Major, sdk: SDK, telemetry: Telemetry): Fleet {
  const gates = runs.map(() => createGate());
  const searchRooms = sdk.tool({
    description: "looks for rooms",
    inputSchema: sdk.jsonSchema({ type: "object", properties: { run: { type: "number" } } }),
    execute: async ({ run }: { run: number }) => {
      await gates[run]?.pass();
      telemetry.tracer.startActiveSpan(`SELECT ${run}`, (span) => span.end());
    },
  });
  return {
    start: (index) => {
      const input = { run: index };
      const { model } = scriptedModel(major, [
        callsTool("searchRooms", `call-${index}`, {
          parts: [{ toolCall: { name: "searchRooms", id: `call-${index}`, input } }],
        }),
        says("done"),
      ]);
      const parameters = {
        model,
        prompt: "a room",
        tools: { searchRooms },
        stopWhen: major.stepCount(5),
        ...major.telemetryOptions({
          functionId: `agent-${index}`,
          metadata: { conversationId: `c-${index}` },
        }),
      };
      return index % 2 === 0 ? sdk.generateText(parameters) : readText(major, sdk.streamText(parameters));
    },
    release: async () => {
      await Promise.all(gates.map((gate) => gate.reached));
      for (const gate of gates.toReversed()) gate.open();
    },
  };
}

function expectedRun(index: number, extra: { attributes?: object; insideTool: boolean }) {
  const name = `agent-${index}`;
  const streaming = index % 2 === 1;
  const conversation = { "gen_ai.conversation.id": `c-${index}` };
  return agentSpan({ name, attributes: { ...conversation, ...extra.attributes } }, [
    chatSpan({ streaming, finish: "tool_call", attributes: conversation }),
    toolSpan(
      "searchRooms",
      `call-${index}`,
      { agent: name, attributes: conversation },
      extra.insideTool ? [ownSpan(`SELECT ${index}`)] : [],
    ),
    chatSpan({ streaming, attributes: conversation }),
  ]);
}

describe.each(majors)("on $name", (major) => {
  test(`keeps ${RUNS} runs under ${RUNS} parents and their turns apart`, async () => {
    const telemetry = setupTelemetry();
    const sdk = wrapAISDK(major.ai);
    const fleet = createFleet(major, sdk, telemetry);
    const ends = runs.map((index) =>
      telemetry.tracer.startActiveSpan(`request ${index}`, async (span) => {
        await withTurn({ requestId: `r-${index}` }, () => fleet.start(index));
        span.end();
      }),
    );
    await fleet.release();
    await Promise.all(ends);

    await expectSpanTree(
      telemetry,
      runs.map((index) =>
        ownSpan(`request ${index}`, [
          expectedRun(index, { attributes: { "ai_spans.turn.request_id": `r-${index}` }, insideTool: true }),
        ]),
      ),
    );
    const traces = new Set(telemetry.started.map((span) => span.spanContext().traceId));
    expect(traces.size).toBe(RUNS);
  });

  test(`records a separate tree for each of ${RUNS} runs without a context manager`, async () => {
    const telemetry = setupTelemetry({ contextManager: false });
    const sdk = wrapAISDK(major.ai);
    const fleet = createFleet(major, sdk, telemetry);
    const ends = runs.map((index) => fleet.start(index));
    await fleet.release();
    await Promise.all(ends);

    const agents = runs.map((index) => expectedRun(index, { insideTool: false }));
    // Without a context manager the application's spans have no parent, so they are roots.
    const selects = runs.toReversed().map((index) => ownSpan(`SELECT ${index}`));
    await expectSpanTree(telemetry, [...agents, ...selects]);
  });
});
