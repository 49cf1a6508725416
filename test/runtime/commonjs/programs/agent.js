// The agent that every program runs, on any major of the AI SDK. It imports nothing, so each program chooses its SDK.
"use strict";

/** The specification of a model, by major of the AI SDK. */
const SPECIFICATIONS = { v5: "v2", v6: "v3", v7: "v4" };
const identity = { functionId: "booking-agent" };
const response = { id: "response-1", modelId: "mock-model-2026-01-01" };

const parameters = { prompt: "a room in Paris", telemetry: identity, experimental_telemetry: identity };

/** A loop of two model calls around one tool call. */
exports.loop = async (ai, major) => {
  const searchRooms = ai.tool({
    inputSchema: ai.jsonSchema({ type: "object", properties: {} }),
    execute: () => ({ rooms: 2 }),
  });
  const toolCall = { type: "tool-call", toolCallId: "call-1", toolName: "searchRooms", input: "{}" };
  const { text } = await ai.generateText({
    ...parameters,
    model: modelOf(major, [toolCall, { type: "text", text: "two rooms" }]),
    tools: { searchRooms },
    stopWhen: (ai.isStepCount ?? ai.stepCountIs)(5),
  });
  return text;
};

/** A streamed answer. */
exports.stream = (ai, major) =>
  ai.streamText({ ...parameters, model: modelOf(major, [{ type: "text", text: "a room in Paris" }]) });

/** Both, one after the other. */
exports.runAgent = async (ai, major) => [await exports.loop(ai, major), await exports.stream(ai, major).text];

/** A model that gives these answers, one per call. */
exports.modelOf = modelOf;
function modelOf(major, answers) {
  const rest = [...answers];
  return {
    specificationVersion: SPECIFICATIONS[major],
    provider: "mock-provider",
    modelId: "mock-model",
    supportedUrls: {},
    doGenerate: async () => {
      const answer = rest.shift();
      return { content: [answer], ...endOf(major, answer), response, warnings: [] };
    },
    doStream: async () => {
      const answer = rest.shift();
      return {
        stream: new ReadableStream({
          start(controller) {
            controller.enqueue({ type: "stream-start", warnings: [] });
            controller.enqueue({ type: "response-metadata", ...response });
            controller.enqueue({ type: "text-start", id: "1" });
            controller.enqueue({ type: "text-delta", id: "1", delta: answer.text });
            controller.enqueue({ type: "text-end", id: "1" });
            controller.enqueue({ type: "finish", ...endOf(major, answer) });
            controller.close();
          },
        }),
      };
    },
  };
}

function endOf(major, answer) {
  const reason = answer.type === "tool-call" ? "tool-calls" : "stop";
  if (major === "v5") {
    return { finishReason: reason, usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } };
  }
  return {
    finishReason: { unified: reason, raw: reason },
    usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } },
  };
}
