/**
 * Writes the spans of several processes as text, by trace. A span has its name, kind, process, failure, links and
 * attributes. GenAI attributes are left out, because other tests check them.
 */
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { SentSpan } from "../../support/sent-span.ts";
import { withoutSDKCall } from "../../support/sdk-call.ts";

interface PlacedSpan extends SentSpan {
  readonly place: string;
}

/** @param processes the spans of each process by its name, in the order of their start */
export function traceText(processes: Readonly<Record<string, readonly SentSpan[]>>): string {
  const spans = Object.entries(processes).flatMap(([place, sent]) =>
    sent.map((span): PlacedSpan => ({ ...span, place })),
  );
  const traces = [...new Set(spans.map(({ traceId }) => traceId))];
  return traces
    .flatMap((traceId, index) => [`trace ${index + 1}`, ...linesBelow(undefined, "  ", traceId, spans)])
    .join("\n");
}

function linesBelow(
  parentId: string | undefined,
  indent: string,
  traceId: string,
  spans: readonly PlacedSpan[],
): string[] {
  const isHere = (span: PlacedSpan): boolean =>
    span.traceId === traceId && knownParent(span, spans) === parentId;
  return spans.flatMap((span) =>
    isHere(span)
      ? [indent + lineOf(span, spans, parentId), ...linesBelow(span.spanId, `${indent}  `, traceId, spans)]
      : [],
  );
}

function knownParent(span: PlacedSpan, spans: readonly PlacedSpan[]): string | undefined {
  return spans.find(({ spanId }) => spanId === span.parentSpanId)?.spanId;
}

function lineOf(span: PlacedSpan, spans: readonly PlacedSpan[], parentId: string | undefined): string {
  const attributes = Object.entries(withoutSDKCall(span.attributes))
    .filter(([key]) => !key.startsWith("gen_ai."))
    .map(([key, value]) => `${key}=${String(value)}`);
  const links = span.links.map(
    ({ ids, attributes: ofLink }) => `${String(ofLink?.["ai_spans.link"])}: ${nameOf(ids, spans)}`,
  );
  const notes = [
    ...(parentId === undefined && span.parentSpanId !== undefined ? ["parent elsewhere"] : []),
    ...(span.hasEnded ? [] : ["open"]),
    ...(span.status.code === SpanStatusCode.UNSET ? [] : [SpanStatusCode[span.status.code]]),
    ...links,
    ...attributes,
  ];
  return `${span.name} ${SpanKind[span.kind]} in ${span.place}${notes.map((note) => ` [${note}]`).join("")}`;
}

/** The span's name, with its position in the trace if several spans have that name. */
function nameOf(ids: string | undefined, spans: readonly PlacedSpan[]): string {
  const found = spans.find(({ traceId, spanId }) => `${traceId}/${spanId}` === ids);
  if (!found) return "a span elsewhere";
  const namesakes = spans.filter(({ name }) => name === found.name);
  return namesakes.length === 1 ? found.name : `${found.name} ${namesakes.indexOf(found) + 1}`;
}
