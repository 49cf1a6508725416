/**
 * The OpenTelemetry SDK of a Worker under test.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";

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

/** Sends the spans as JSON, in the order of their start. */
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
