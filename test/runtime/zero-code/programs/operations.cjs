// Calls each function of the AI SDK whose provider call is not a language model's run, and an object and a text beside them.
// Each provider call starts a span of the program, as an instrumented request does.
"use strict";
const { trace } = require("@opentelemetry/api");
const { majorOf } = require("./workload.cjs");

const SPECIFICATIONS = { v5: "v2", v6: "v3", v7: "v4" };
const response = { id: "response-1", modelId: "mock-model-2026-01-01" };

/** Waits a turn, so that the span is started in the context that the SDK's call carries. */
async function request() {
  await new Promise((resolve) => setImmediate(resolve));
  trace.getTracer("http").startSpan("POST").end();
}

/** @returns a model whose methods have these names and give these answers */
function modelOf(major, methods, more = {}) {
  const calls = Object.entries(methods).map(([name, answer]) => [
    name,
    async () => {
      await request();
      return { warnings: [], ...answer };
    },
  ]);
  const identity = { provider: "mock-provider", modelId: "mock-model", supportedUrls: {} };
  return {
    specificationVersion: SPECIFICATIONS[major],
    ...identity,
    ...more,
    ...Object.fromEntries(calls),
  };
}

function textOf(major, text) {
  const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
  return major === "v5"
    ? { content: [{ type: "text", text }], finishReason: "stop", usage, response }
    : {
        content: [{ type: "text", text }],
        finishReason: { unified: "stop", raw: "stop" },
        usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } },
        response,
      };
}

globalThis.AI_SDK_LOG_WARNINGS = false;

async function main() {
  const ai = await (process.argv[2] === "import" ? import("ai") : require("ai"));
  const major = majorOf(ai);
  const embedding = (values) =>
    modelOf(
      major,
      { doEmbed: { embeddings: values.map(() => [1, 0]), usage: { tokens: 3 } } },
      { maxEmbeddingsPerCall: 2, supportsParallelCalls: false },
    );
  const audio = new Uint8Array([82, 73, 70, 70, 0, 0, 0, 0, 87, 65, 86, 69]);
  const identity = { functionId: "booking-agent" };
  const telemetry = { telemetry: identity, experimental_telemetry: identity };

  await ai.embed({ model: embedding(["a"]), value: "a" });
  await ai.embedMany({ model: embedding(["a", "b"]), values: ["a", "b"] });
  if (ai.rerank) {
    const ranking = [{ index: 0, relevanceScore: 1 }];
    await ai.rerank({ model: modelOf(major, { doRerank: { ranking } }), documents: ["a"], query: "b" });
  }
  const schema = ai.jsonSchema({ type: "object", properties: {} });
  await ai.generateObject({
    ...telemetry,
    model: modelOf(major, { doGenerate: textOf(major, "{}") }),
    schema,
    prompt: "a",
  });
  await (ai.generateSpeech ?? ai.experimental_generateSpeech)({
    model: modelOf(major, { doGenerate: { audio } }),
    text: "a",
  });
  await (ai.transcribe ?? ai.experimental_transcribe)({
    model: modelOf(major, { doGenerate: { text: "a", segments: [] } }),
    audio,
  });
  const own = { ...identity, integrations: [] };
  await ai.generateText({
    telemetry: own,
    experimental_telemetry: own,
    model: modelOf(major, { doGenerate: textOf(major, "a") }),
    prompt: "a",
  });
}

void main();
