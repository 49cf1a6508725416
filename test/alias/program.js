// What each bundled program does: a loop over a tool, an agent of a class that extends the SDK's, an answer as a stream, and
// an embedding. Imports nothing of the SDK: `v5`, `v6` and `v7` pass what they import from `ai` in the usual way.
import { trace } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

globalThis.AI_SDK_LOG_WARNINGS = false;

const identity = { provider: "mock-provider", modelId: "mock-model" };
const response = { id: "response-1", modelId: "mock-model-2026-01-01" };
const toolCall = { type: "tool-call", toolCallId: "call-1", toolName: "searchRooms", input: "{}" };

/** The spans that have ended, as a request of OTLP, and what the program saw of the SDK. */
export async function run({ sdk, specification, telemetry, mocks, Agent }) {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );

  const isV2 = specification === "V2";
  const usage = isV2
    ? { inputTokens: 10, outputTokens: 5, totalTokens: 15 }
    : { inputTokens: { total: 10 }, outputTokens: { total: 5 } };
  const finishReason = (unified) => (isV2 ? unified : { unified, raw: unified });
  const rooms = [
    { content: [toolCall], finishReason: finishReason("tool-calls") },
    { content: [{ type: "text", text: "two rooms" }], finishReason: finishReason("stop") },
  ].map((answer) => ({ ...answer, usage, response, warnings: [] }));
  const parts = [
    { type: "stream-start", warnings: [] },
    { type: "response-metadata", ...response },
    { type: "text-start", id: "1" },
    { type: "text-delta", id: "1", delta: "a room" },
    { type: "text-delta", id: "1", delta: " in Paris" },
    { type: "text-end", id: "1" },
    { type: "finish", usage, finishReason: finishReason("stop") },
  ];
  const Model = mocks[`MockLanguageModel${specification}`];
  const EmbeddingModel = mocks[`MockEmbeddingModel${specification}`];
  const answering = () => {
    const answers = [...rooms];
    return new Model({ ...identity, doGenerate: async () => answers.shift() });
  };
  const call = { [telemetry]: { functionId: "booking-agent" }, stopWhen: ({ steps }) => steps.length === 5 };
  const searchRooms = sdk.tool({
    inputSchema: sdk.jsonSchema({ type: "object", properties: {} }),
    execute: () => ({ rooms: 2 }),
  });
  const tools = { searchRooms };
  const prompt = "a room in Paris";

  const loop = await sdk.generateText({ ...call, model: answering(), tools, prompt });

  class BookingAgent extends Agent {}
  const agent = new BookingAgent({ ...call, model: answering(), tools });
  const answer = await agent.generate({ prompt });

  const streaming = new Model({
    ...identity,
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      }),
    }),
  });
  let streamed = "";
  for await (const text of sdk.streamText({ ...call, model: streaming, prompt }).textStream) streamed += text;

  const embedding = new EmbeddingModel({
    ...identity,
    doEmbed: async () => ({ embeddings: [[1, 0]], usage: { tokens: 3 }, warnings: [] }),
  });
  const { embedding: vector } = await sdk.embed({ model: embedding, value: prompt });

  return {
    request: JSON.parse(
      new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())),
    ),
    values: [loop.text, answer.text, streamed, vector.join()],
    isInstance: agent instanceof Agent && agent instanceof BookingAgent,
  };
}
