/**
 * A sender's span, and what the W3C propagators write of it, for tests of the receiving side.
 */
import type { Link, SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Telemetry } from "../support/telemetry.ts";

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
export const SPAN_ID = "b7ad6b7169203331";
export const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
export const TRACESTATE = "vendor=value";
export const SENT = { traceparent: TRACEPARENT, tracestate: TRACESTATE };

export const ORIGIN_TRACE_ID = "11111111111111111111111111111111";
export const ORIGIN_SPAN_ID = "2222222222222222";
export const ORIGIN_TRACEPARENT = `00-${ORIGIN_TRACE_ID}-${ORIGIN_SPAN_ID}-01`;

/** The ids of a span as one text. */
export function idsOf(span: SpanContext | undefined): string | undefined {
  return span && `${span.traceId}/${span.spanId}`;
}

export const SENT_IDS = `${TRACE_ID}/${SPAN_ID}`;
export const ORIGIN_IDS = `${ORIGIN_TRACE_ID}/${ORIGIN_SPAN_ID}`;

/** The links as texts of the form `role: ids`. */
export function linksOf(links: readonly Link[]): string[] {
  return links.map(
    ({ context, attributes }) => `${String(attributes?.["ai_spans.link"])}: ${idsOf(context)}`,
  );
}

export function onlySpan({ started, finished }: Telemetry): ReadableSpan {
  const [span] = finished;
  if (!span || started.length !== 1) throw new Error(`${started.length} started, ${finished.length} ended`);
  return span;
}
