// The programs of the comparison. Each calls AI SDK 7 as an application would, with a model of `ai/test`. Texts that begin
// with CANARY are content: what the user, the model, a tool or an error says.
import { setTimeout as sleep } from "node:timers/promises";
import { APICallError, stepCountIs, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";

const prompt = "CANARY-prompt";
const PARTS = 50;

/** How many parts the model has sent. */
export const sent = { parts: 0 };

const usageOf = (input, output) => ({
  inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: output, text: output, reasoning: 0 },
});
const finished = (unified, input, output) => ({
  finishReason: { unified, raw: unified },
  usage: usageOf(input, output),
});
const answer = {
  content: [{ type: "text", text: "CANARY-answer" }],
  ...finished("stop", 20, 7),
  warnings: [],
};
const toolCall = {
  content: [
    {
      type: "tool-call",
      toolCallId: "call-1",
      toolName: "searchRooms",
      input: JSON.stringify({ city: "CANARY-argument" }),
    },
  ],
  ...finished("tool-calls", 10, 5),
  warnings: [],
};

const model = (behavior) => new MockLanguageModelV4({ provider: "mock", modelId: "mock-model", ...behavior });

const streaming = (parts = textParts()) =>
  model({ doStream: async ({ abortSignal }) => ({ stream: streamOf(parts, abortSignal) }) });

/** Sends a part for each read, with a pause, as a network does. An abort breaks it off as it breaks off a `fetch`. */
function streamOf(parts, abortSignal) {
  const waiting = [...parts];
  return new ReadableStream(
    {
      async pull(controller) {
        await sleep(4);
        if (abortSignal?.aborted) return controller.error(abortSignal.reason);
        const part = waiting.shift();
        if (part === undefined) return controller.close();
        sent.parts += 1;
        controller.enqueue(part);
      },
    },
    { highWaterMark: 0 },
  );
}

function textParts() {
  return [
    { type: "stream-start", warnings: [] },
    { type: "text-start", id: "1" },
    ...Array.from({ length: PARTS }, () => ({ type: "text-delta", id: "1", delta: "CANARY-answer " })),
    { type: "text-end", id: "1" },
    { type: "finish", ...finished("stop", 20, 7) },
  ];
}

const quiet = { onError: () => {} };

export const programs = {
  async loop({ generateText }, parameters) {
    const searchRooms = tool({
      description: "Searches rooms",
      inputSchema: z.object({ city: z.string() }),
      execute: async () => "CANARY-result",
    });
    const answers = [toolCall, answer];
    const doGenerate = async () => answers.shift();
    const stopWhen = stepCountIs(3);
    await generateText({
      model: model({ doGenerate }),
      prompt,
      tools: { searchRooms },
      stopWhen,
      ...parameters,
    });
  },

  async retry({ generateText }, parameters) {
    const refusal = {
      message: "CANARY-error",
      url: "",
      requestBodyValues: {},
      statusCode: 429,
      isRetryable: true,
    };
    const attempts = [() => Promise.reject(new APICallError(refusal)), async () => answer];
    await generateText({ model: model({ doGenerate: () => attempts.shift()() }), prompt, ...parameters });
  },

  async read({ streamText }, parameters) {
    const { textStream } = streamText({ model: streaming(), prompt, ...parameters });
    for await (const _ of textStream);
  },

  async abort({ streamText }, parameters) {
    const controller = new AbortController();
    const { signal: abortSignal } = controller;
    const { fullStream } = streamText({ model: streaming(), prompt, abortSignal, ...quiet, ...parameters });
    for await (const { type } of fullStream) if (type === "text-delta") controller.abort();
  },

  async break({ streamText }, parameters) {
    const { textStream } = streamText({ model: streaming(), prompt, ...parameters });
    for await (const _ of textStream) break;
  },

  async disconnect({ streamText }, parameters) {
    const response = streamText({ model: streaming(), prompt, ...parameters }).toTextStreamResponse();
    const reader = response.body.getReader();
    await reader.read();
    await reader.cancel();
  },

  async unread({ streamText }, parameters) {
    streamText({ model: streaming(), prompt, ...parameters });
  },

  async failure({ streamText }, parameters) {
    const parts = [...textParts().slice(0, 5), { type: "error", error: new TypeError("CANARY-error") }];
    const { fullStream } = streamText({ model: streaming(parts), prompt, ...quiet, ...parameters });
    for await (const _ of fullStream);
  },
};
