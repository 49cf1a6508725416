// Sets up the OpenTelemetry SDK in each of the two Workers. A Worker keeps its spans and returns them when
// `durable-objects.ts` requests them.
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";

const spans: ReadableSpan[] = [];

export function startWorkerTelemetry(): void {
  const collector = {
    onStart: (span: ReadableSpan) => void spans.push(span),
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [collector] }));
}

export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
}

export function tracesResponse(): Response {
  const traces = spans.map((span) => ({
    name: span.name,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
  }));
  return Response.json(traces);
}
