/**
 * The OpenTelemetry SDK of a Worker under test.
 */
import { trace } from "@opentelemetry/api";
import { keepStartedSpans } from "../../support/started-spans.ts";

const started = keepStartedSpans();

export const tracer = trace.getTracer("application");

/** Sends the spans as JSON, in the order of their start. */
export function sendSpans(): Response {
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
