/**
 * One answer, and every way to read its stream to the end.
 */
import type { StreamResult } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import { callsTool, readText, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

const WAYS: Readonly<Record<string, (result: StreamResult) => Promise<unknown>>> = {
  textStream: async (result) => {
    for await (const _chunk of result.textStream);
  },
  fullStream: async (result) => {
    for await (const _part of result.fullStream);
  },
  "a reader of fullStream": async (result) => {
    const reader = result.fullStream.getReader();
    while (!(await reader.read()).done);
  },
  toUIMessageStream: async (result) => {
    for await (const _part of result.toUIMessageStream());
  },
  toUIMessageStreamResponse: (result) => result.toUIMessageStreamResponse().text(),
  toTextStreamResponse: (result) => result.toTextStreamResponse().text(),
  consumeStream: (result) => result.consumeStream(),
  "the text promise": async (result) => await result.text,
  "the finishReason promise": async (result) => await result.finishReason,
  "two streams at once": (result) =>
    Promise.all([result.toTextStreamResponse().text(), result.toUIMessageStreamResponse().text()]),
  "a stream and then a promise": async (result) => {
    for await (const _chunk of result.textStream);
    await result.text;
  },
};

const streamed = agentSpan({}, [chatSpan({ streaming: true })]);

export const reading: readonly TreeProgram[] = [
  {
    title: "generates a text in one step",
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room with a view")]);
      await app.sdk.generateText(call(app, model));
    },
    expected: agentSpan({}, [chatSpan()]),
  },
  ...Object.entries(WAYS).map(([way, read]): TreeProgram => ({
    title: `reads a stream to its end by ${way}`,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [
        says("", { parts: [{ text: "a room " }, { text: "with " }, { text: "a view" }] }),
      ]);
      await read(app.sdk.streamText(call(app, model)));
    },
    expected: streamed,
  })),
  {
    title: "reads under another span a stream that was started under none",
    needsContextManager: true,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
      const tools = { searchRooms: roomTool(app, async () => 2) };
      const result = app.sdk.streamText(call(app, model, { tools, stopWhen: app.major.stepCount(5) }));
      await app.tracer.startActiveSpan("reader", async (span) => {
        for await (const _text of result.textStream);
        span.end();
      });
    },
    expected: [
      agentSpan({}, [
        chatSpan({ streaming: true, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ streaming: true }),
      ]),
      ownSpan("reader"),
    ],
    adapted: {
      reason: "the SDK reports a start one turn after the call",
      expected: [
        ownSpan("reader"),
        agentSpan({}, [
          chatSpan({ streaming: true, finish: "tool_call" }),
          toolSpan("searchRooms", "call-1"),
          chatSpan({ streaming: true }),
        ]),
      ],
    },
  },
  {
    title: "reads a stream up to its finish part",
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room")]);
      for await (const part of app.sdk.streamText(call(app, model)).fullStream)
        if (part.type === "finish") break;
    },
    expected: streamed,
  },
  {
    title: "reads a stream of partial outputs to its end",
    run: async (app) => {
      const { sdk, major } = app;
      const { model } = scriptedModel(major, [
        says("", { parts: [{ text: '{"city":' }, { text: '"Paris"}' }] }),
      ]);
      const schema = sdk.jsonSchema({ type: "object", properties: { city: { type: "string" } } });
      const result = sdk.streamText(call(app, model, major.outputOptions(sdk.Output.object({ schema }))));
      for await (const _output of result.experimental_partialOutputStream);
    },
    expected: agentSpan({ attributes: { "gen_ai.output.type": "json" } }, [
      chatSpan({ streaming: true, attributes: { "gen_ai.output.type": "json" } }),
    ]),
  },
  {
    title: "starts below the span that is active at the call",
    needsContextManager: true,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room"), says("a room")]);
      await app.tracer.startActiveSpan("request", async (span) => {
        await app.sdk.generateText(call(app, model));
        await readText(app.major, app.sdk.streamText(call(app, model)));
        span.end();
      });
    },
    expected: {
      name: "request",
      children: [agentSpan({}, [chatSpan()]), streamed],
    },
  },
];
