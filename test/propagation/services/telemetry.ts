/**
 * The OpenTelemetry SDK of a service under test: it remembers its spans and tells them over the process channel.
 */
import { context, propagation, SpanKind, trace, type TextMapPropagator } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";

/** A span in another process, as far as its place goes. */
export interface ToldSpan {
  readonly name: string;
  readonly scope: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** `traceId/spanId` of each. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

const started: ReadableSpan[] = [];

export function registerTelemetry(propagator?: TextMapPropagator): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const processor = {
    onStart: (span: ReadableSpan) => void started.push(span),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  if (propagator) propagation.setGlobalPropagator(propagator);
}

/** In order of their start: a server's span may end after its answer is read. */
export function startedSpans(): ToldSpan[] {
  return started.map(tell);
}

function tell(span: ReadableSpan): ToldSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    scope: span.instrumentationScope.name,
    kind: SpanKind[span.kind],
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    links: span.links.map((link) => `${link.context.traceId}/${link.context.spanId}`),
    attributes: { ...span.attributes },
  };
}
