/**
 * The spans of a process in the form in which it sends them to the process of the test.
 */
import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { CheckedSpan } from "../registry/finding.ts";

/** A span of another process, without its times. */
export interface SentSpan extends CheckedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly links: ReadonlyArray<{
    /** `traceId/spanId` */
    readonly ids?: string;
    readonly attributes?: Attributes;
  }>;
  readonly hasEnded: boolean;
}

export function toSent(span: ReadableSpan): SentSpan {
  const { name, kind, status, attributes, instrumentationScope } = span;
  const { traceId, spanId } = span.spanContext();
  return {
    name,
    kind,
    status,
    attributes: { ...attributes },
    events: span.events.map((event) => ({ name: event.name })),
    links: span.links.map(({ context, attributes: ofLink = {} }) => ({
      ids: `${context.traceId}/${context.spanId}`,
      attributes: ofLink,
    })),
    instrumentationScope,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    hasEnded: span.ended,
  };
}
