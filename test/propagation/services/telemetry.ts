/**
 * The OpenTelemetry SDK of a service under test. It keeps its spans, so that the service can send them over the process
 * channel.
 */
import {
  propagation,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type AttributeValue,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { keepStartedSpans } from "../../support/started-spans.ts";

/** A span of another process, without its times. */
export interface SentSpan {
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

let started: readonly ReadableSpan[] = [];

export function registerTelemetry(propagator?: TextMapPropagator): void {
  started = keepStartedSpans();
  if (propagator) propagation.setGlobalPropagator(propagator);
}

/** In the order of their start. */
export function startedSpans(): SentSpan[] {
  return started.map(toSent);
}

export function toSent(span: ReadableSpan): SentSpan {
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
