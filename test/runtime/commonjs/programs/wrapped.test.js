// Jest at its defaults: no settings, no transform of ours, no flags of Node's.
"use strict";
const { createSpanRecorder, expectSpanTree } = require("ai-spans/testing");
const { createServerlessSpanProcessor } = require("ai-spans/serverless");
const { wrapAISDK } = require("ai-spans");
const { runAgent } = require("./agent.js");
const { register } = require("./telemetry.js");

const recorder = createSpanRecorder();
const reports = register(recorder);
beforeEach(() => recorder.reset());

function agentSpan(tokens, children) {
  return {
    name: "invoke_agent booking-agent",
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "booking-agent",
      "gen_ai.request.model": "mock-model",
      "ai_spans.operation.name": /^(generate|stream)Text$/,
      "gen_ai.usage.input_tokens": tokens.input,
      "gen_ai.usage.output_tokens": tokens.output,
      "gen_ai.response.finish_reasons": ["stop"],
    },
    children,
  };
}

function chatSpan(finishReason, attributes) {
  return {
    name: "chat mock-model",
    kind: "CLIENT",
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "mock-provider",
      "gen_ai.request.model": "mock-model",
      "gen_ai.response.id": "response-1",
      "gen_ai.response.model": "mock-model-2026-01-01",
      "gen_ai.response.finish_reasons": [finishReason],
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 5,
      ...attributes,
    },
  };
}

const toolSpan = {
  name: "execute_tool searchRooms",
  attributes: {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "searchRooms",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "call-1",
    "gen_ai.agent.name": "booking-agent",
  },
};

test.each(["v5", "v6"])("records the whole tree on AI SDK %s", async (major) => {
  const ai = wrapAISDK(require(`ai-${major}`));
  expect(await runAgent(ai, major)).toEqual(["two rooms", "a room in Paris"]);
  await expectSpanTree(recorder, [
    agentSpan({ input: 20, output: 10 }, [chatSpan("tool_call"), toolSpan, chatSpan("stop")]),
    agentSpan({ input: 10, output: 5 }, [
      chatSpan("stop", {
        "gen_ai.request.stream": true,
        "gen_ai.response.time_to_first_chunk": Number.isFinite,
      }),
    ]),
  ]);
  expect(reports).toEqual([]);
});

test.each([
  ["ai-spans", "createAISDKTelemetry"],
  ["ai-spans/cloudflare", "createAISDKTelemetry"],
  ["ai-spans/doctor", "examine"],
  ["ai-spans/mcp", "wrapMCPTransport"],
  ["ai-spans/propagation", "withRemoteContext"],
  ["ai-spans/serverless", "flushAfter"],
  ["ai-spans/testing", "spanTree"],
])("requires %s", (entry, name) => {
  expect(require(entry)).toHaveProperty(name, expect.any(Function));
});

test("finds the class of the installed OpenTelemetry SDK", () => {
  const processor = createServerlessSpanProcessor({ export() {} });
  expect(processor.constructor.name).toBe("BatchSpanProcessor");
});
