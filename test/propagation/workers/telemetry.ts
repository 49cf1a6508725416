/**
 * The OpenTelemetry SDK of a Worker under test, and the agent it runs.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";

const started: ReadableSpan[] = [];
const processor = {
  onStart: (span: ReadableSpan) => void started.push(span),
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));

export const tracer = trace.getTracer("application");

/** In order of their start. */
export function tellSpans(): Response {
  return Response.json(
    started.map((span) => ({
      name: span.name,
      kind: span.kind,
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentSpanId: span.parentSpanContext?.spanId,
      links: span.links.map((link) => `${link.context.traceId}/${link.context.spanId}`),
    })),
  );
}

const { generateText } = wrapAISDK(ai);

const model: Exclude<ai.LanguageModel, string> = {
  specificationVersion: "v4",
  provider: "mock-provider",
  modelId: "mock-model",
  supportedUrls: {},
  doGenerate: async () => ({
    content: [{ type: "text", text: "booked" }],
    finishReason: { unified: "stop", raw: "stop" },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 1, text: 1, reasoning: undefined },
    },
    warnings: [],
  }),
  doStream: async () => Promise.reject(new Error("not asked for")),
};

export async function runAgent(name: string): Promise<string> {
  const { text } = await generateText({ model, prompt: "book", telemetry: { functionId: name } });
  return text;
}
