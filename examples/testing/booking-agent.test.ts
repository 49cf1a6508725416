import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { wrapAISDK } from "ai-spans";
import { createSpanRecorder, expectAllEnded, expectNoContent, expectSpanTree } from "ai-spans/testing";
import { beforeEach, expect, test } from "vitest";

const recorder = createSpanRecorder();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [recorder] });
const { generateText } = wrapAISDK(ai, { tracerProvider });

const model = new MockLanguageModelV4({
  provider: "openai.responses",
  modelId: "gpt-4o",
  doGenerate: {
    content: [{ type: "text", text: "Room 12 is free." }],
    finishReason: { unified: "stop", raw: undefined },
    usage: {
      inputTokens: { total: 9, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 5, text: undefined, reasoning: undefined },
    },
    warnings: [],
  },
});

const findRoom = (prompt: string) =>
  generateText({ model, prompt, telemetry: { functionId: "booking-agent" } });

beforeEach(() => recorder.reset());

test("a search for a room is traced", async () => {
  await findRoom("Is a room free?");

  await expectSpanTree(recorder, {
    name: "invoke_agent booking-agent",
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "booking-agent",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 9,
      "gen_ai.usage.output_tokens": 5,
      "ai_spans.operation.name": "generateText",
      "ai_spans.call.id": expect.any(String),
    },
    children: [
      {
        name: "chat gpt-4o",
        kind: "CLIENT",
        attributes: {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": expect.stringMatching(/^gpt-/),
          "gen_ai.response.finish_reasons": ["stop"],
          "gen_ai.usage.input_tokens": expect.any(Number),
          "gen_ai.usage.output_tokens": expect.any(Number),
        },
      },
    ],
  });
});

test("nothing that was said is in a span", async () => {
  await findRoom("Is a room free for Ms Mayer?");

  await expectAllEnded(recorder);
  expectNoContent(recorder, ["Ms Mayer", "Room 12"]);
});
