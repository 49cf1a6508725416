/**
 * The OpenTelemetry SDK of a service under test. It keeps its spans, so that the service can send them over the process
 * channel.
 */
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type AttributeValue,
  type TextMapPropagator,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";

/** A span of another process, without its times. */
export interface ToldSpan {
  readonly name: string;
  readonly scope: string;
  readonly scopeVersion: string | undefined;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** `traceId/spanId` of each link. */
  readonly links: readonly string[];
  /** The role of each link, in the same order. */
  readonly linkRoles: ReadonlyArray<AttributeValue | undefined>;
  readonly hasEnded: boolean;
  readonly status: string;
  readonly statusMessage: string | undefined;
  readonly eventCount: number;
  readonly attributes: Attributes;
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

/** The spans in the order of their start, because a server's span may end after its answer is read. */
export function startedSpans(): ToldSpan[] {
  return started.map(tell);
}

export function tell(span: ReadableSpan): ToldSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    scope: span.instrumentationScope.name,
    scopeVersion: span.instrumentationScope.version,
    kind: SpanKind[span.kind],
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    links: span.links.map((link) => `${link.context.traceId}/${link.context.spanId}`),
    linkRoles: span.links.map(({ attributes }) => attributes?.["ai_spans.link"]),
    hasEnded: span.ended,
    status: SpanStatusCode[span.status.code],
    statusMessage: span.status.message,
    eventCount: span.events.length,
    attributes: { ...span.attributes },
  };
}
