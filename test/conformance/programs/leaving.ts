/**
 * Consumers that leave a stream before its end, in each possible way. Meanwhile the model waits at a gate, so the same
 * spans are open on every major.
 */
import { createGate, type Gate, turns } from "../../support/gate.ts";
import type { StreamResult } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";
import { bodyOf } from "../../support/streams.ts";

/** Turns in which the SDK reads on after the consumer has left. No span may come of it. */
const TURNS_AFTER_LEAVING = 20;

async function readUntil(stream: ReadableStream<unknown>, isLast: (chunk: unknown) => boolean) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || isLast(value)) return reader;
  }
}

const hasText = (chunk: unknown): boolean =>
  chunk instanceof Uint8Array && new TextDecoder().decode(chunk).includes("a room");

const WAYS: Readonly<Record<string, (result: StreamResult) => Promise<unknown>>> = {
  "breaks out of textStream": async (result) => {
    for await (const _text of result.textStream) break;
  },
  "breaks out of fullStream": async (result) => {
    for await (const part of result.fullStream) if (part.type === "text-delta") break;
  },
  "throws out of textStream": async (result) => {
    try {
      for await (const _text of result.textStream) throw new RangeError("enough");
    } catch {
      // The loop ends with this error.
    }
  },
  "breaks out of toUIMessageStream": async (result) => {
    for await (const part of result.toUIMessageStream()) if (part.type === "text-delta") break;
  },
  "cancels a reader of textStream": async (result) => {
    const reader = await readUntil(result.textStream, () => true);
    await reader.cancel();
  },
  "cancels the body of toUIMessageStreamResponse": async (result) => {
    const reader = await readUntil(bodyOf(result.toUIMessageStreamResponse()), hasText);
    await reader.cancel();
  },
  "cancels the body of toTextStreamResponse": async (result) => {
    const reader = await readUntil(bodyOf(result.toTextStreamResponse()), hasText);
    await reader.cancel();
  },
};

async function streamToGate(
  app: ApplicationStage,
  leave: (result: StreamResult, gate: Gate) => Promise<unknown>,
) {
  const gate = createGate();
  const { model } = scriptedModel(app.major, [
    says("", { parts: [{ text: "a room " }, { gate }, { text: "with a view" }] }),
  ]);
  await leave(app.sdk.streamText(call(app, model)), gate);
  gate.open();
  await turns(TURNS_AFTER_LEAVING);
}

const left = agentSpan({ canceled: "consumer" }, [
  chatSpan({ streaming: true, usage: null, finish: null, canceled: "consumer" }),
]);

/**
 * The SDK's telemetry does not report consumers. So the adapter records the end of the model's stream, and the run is
 * abandoned.
 */
const unseen = {
  reason: "no event reports that a consumer left",
  byCollection: true,
  expected: agentSpan({ canceled: "abandoned" }, [chatSpan({ streaming: true })]),
} as const;

export const leaving: readonly TreeProgram[] = [
  ...Object.entries(WAYS).map(([way, leave]): TreeProgram => ({
    title: `${way} before the end`,
    run: (app) => streamToGate(app, leave),
    expected: left,
    adapted: unseen,
  })),
  {
    title: "leaves one of two streams and reads the other to its end",
    run: (app) =>
      streamToGate(app, async (result, gate) => {
        const other = result.toTextStreamResponse().text();
        for await (const _text of result.textStream) break;
        gate.open();
        await other;
      }),
    expected: agentSpan({}, [chatSpan({ streaming: true })]),
  },
  {
    title: "leaves a stream and waits for a promise of the result",
    run: (app) =>
      streamToGate(app, async (result, gate) => {
        const text = result.text;
        for await (const _text of result.textStream) break;
        gate.open();
        await text;
      }),
    expected: agentSpan({}, [chatSpan({ streaming: true })]),
  },
  {
    title: "leaves both of two streams",
    run: (app) =>
      streamToGate(app, async (result) => {
        const other = await readUntil(result.textStream, () => true);
        for await (const _text of result.textStream) break;
        await other.cancel();
      }),
    expected: left,
    adapted: unseen,
  },
  {
    title: "leaves while a tool runs",
    run: async (app) => {
      const gate = createGate();
      const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1")]);
      const tools = { searchRooms: roomTool(app, () => gate.pass()) };
      for await (const part of app.sdk.streamText(call(app, model, { tools })).fullStream) {
        if (part.type !== "tool-call") continue;
        await gate.reached;
        break;
      }
      gate.open();
      await turns(TURNS_AFTER_LEAVING);
    },
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", { canceled: "consumer" }),
    ]),
    adapted: {
      ...unseen,
      expected: agentSpan({ canceled: "abandoned" }, [
        chatSpan({ streaming: true, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
      ]),
    },
  },
];
