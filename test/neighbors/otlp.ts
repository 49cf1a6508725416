/**
 * Reads spans from requests with OTLP as JSON.
 */
import { attributesOf, type OtlpRequest } from "../support/otlp-receiver.ts";
import type { ReceivedRequest } from "./receiver.ts";
import type { RecordedSpan } from "./run-beside.ts";

/** The spans in the order of their starts. */
export function otlpSpans(requests: readonly ReceivedRequest[], path = "/v1/traces"): RecordedSpan[] {
  const sent = requests
    .filter((request) => request.path === path)
    .flatMap(({ body }) => (JSON.parse(body.toString()) as OtlpRequest).resourceSpans ?? [])
    .flatMap(({ scopeSpans = [] }) => scopeSpans)
    .flatMap(({ scope, spans = [] }) =>
      spans.map((span) => ({ ...span, instrumentationScope: { name: "", ...scope } })),
    );
  const byStart = sent.toSorted((left, right) =>
    Number(BigInt(left.startTimeUnixNano) - BigInt(right.startTimeUnixNano)),
  );
  return byStart.map(({ instrumentationScope, name, kind, traceId, spanId, parentSpanId, ...span }) => ({
    instrumentationScope,
    name,
    // A kind in OTLP is one more than in the API.
    kind: kind - 1,
    traceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    attributes: attributesOf(span.attributes),
    status: { code: 0, ...span.status },
    events: span.events ?? [],
    links: (span.links ?? []).map(({ attributes }) => ({ attributes: attributesOf(attributes) })),
    hasEnded: true,
  }));
}
