/**
 * One answer, and every way to read a stream to its end.
 */
import type { StreamResult } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan } from "../expected-spans.ts";
import { call, type Program } from "../program.ts";
import { says } from "../script.ts";

const WAYS: Readonly<Record<string, (result: StreamResult) => Promise<unknown>>> = {
  "textStream": async (result) => {
    for await (const _chunk of result.textStream);
  },
  "fullStream": async (result) => {
    for await (const _part of result.fullStream);
  },
  "a reader of fullStream": async (result) => {
    const reader = result.fullStream.getReader();
    while (!(await reader.read()).done);
  },
  "toUIMessageStream": async (result) => {
    for await (const _part of result.toUIMessageStream());
  },
  "toUIMessageStreamResponse": (result) => result.toUIMessageStreamResponse().text(),
  "toTextStreamResponse": (result) => result.toTextStreamResponse().text(),
  "consumeStream": (result) => result.consumeStream(),
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

export const reading: readonly Program[] = [
  {
    title: "generates a text in one step",
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room with a view")]);
      await app.sdk.generateText(call(app, model));
    },
    expected: agentSpan({}, [chatSpan()]),
  },
  ...Object.entries(WAYS).map(
    ([way, read]): Program => ({
      title: `reads a stream to its end by ${way}`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          says("", { parts: [{ text: "a room " }, { text: "with " }, { text: "a view" }] }),
        ]);
        await read(app.sdk.streamText(call(app, model)));
      },
      expected: streamed,
    }),
  ),
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
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room"), says("a room")]);
      await app.tracer.startActiveSpan("request", async (span) => {
        await app.sdk.generateText(call(app, model));
        await app.sdk.streamText(call(app, model)).text;
        span.end();
      });
    },
    expected: {
      name: "request",
      children: [agentSpan({}, [chatSpan()]), streamed],
    },
  },
];
