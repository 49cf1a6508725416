/**
 * One run of two steps on v6, wrapped, and the spans it gave, printed. `processes.test.ts` runs it bundled.
 */
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import * as ai from "ai-v6";
import { wrapAISDK } from "ai-spans";

const spans: ReadableSpan[] = [];
trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  }),
);

const usage = { inputTokens: { total: 3 }, outputTokens: { total: 5 } };
const answers = [
  {
    content: [{ type: "tool-call", toolCallId: "call-1", toolName: "searchRooms", input: "{}" }],
    finishReason: { unified: "tool-calls", raw: "tool-calls" },
  },
  { content: [{ type: "text", text: "two" }], finishReason: { unified: "stop", raw: "stop" } },
];
const model = {
  specificationVersion: "v3",
  provider: "mock-provider",
  modelId: "mock-model",
  supportedUrls: {},
  doGenerate: async () => ({ ...answers.shift(), usage, warnings: [] }),
  doStream: () => {
    throw new Error("no stream");
  },
};

async function main(): Promise<void> {
  const { generateText, jsonSchema, stepCountIs, tool } = wrapAISDK(ai);
  const { text } = await generateText({
    model: model as never,
    prompt: "a room",
    tools: {
      searchRooms: tool({
        inputSchema: jsonSchema({ type: "object", properties: {} }),
        execute: async () => 2,
      }),
    },
    stopWhen: stepCountIs(5),
  });
  const operation = ({ name }: ReadableSpan): string => name.split(" ")[0] ?? "";
  const lines = spans.map((span) => {
    const parent = spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
    return parent ? `${operation(span)} < ${operation(parent)}` : operation(span);
  });
  console.log(`${text}: ${lines.join(", ")}`);
}

void main();
