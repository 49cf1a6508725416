// Sets up the OpenTelemetry SDK of the examples. It keeps the spans and prints them as traces. An application has an
// exporter instead.
import { context, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from "@opentelemetry/sdk-trace-base";

const spans: ReadableSpan[] = [];
const collector: SpanProcessor = {
  onStart: (span) => void spans.push(span),
  onEnd: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

export function startTelemetry(...processors: SpanProcessor[]): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [...processors, collector] }));
}

/** Prints each trace as a tree, in the order of their starts: name, kind, links and the requested attributes. */
export function printTraces(...attributes: readonly string[]): void {
  const traces = [...new Set(spans.map((span) => span.spanContext().traceId))];
  for (const [index, traceId] of traces.entries()) {
    process.stdout.write(`trace ${index + 1}\n`);
    printBelow(undefined, "  ", traceId, attributes);
  }
}

function printBelow(
  parent: ReadableSpan | undefined,
  indent: string,
  traceId: string,
  attributes: readonly string[],
): void {
  for (const span of spans) {
    if (span.spanContext().traceId !== traceId || parentOf(span) !== parent) continue;
    const isRemote = parent === undefined && span.parentSpanContext !== undefined;
    const links = span.links.map(
      (link) => `${String(link.attributes?.["ai_spans.link"])}: ${nameOf(link.context.spanId)}`,
    );
    const values = attributes.flatMap((key) =>
      span.attributes[key] === undefined ? [] : [`${key}=${String(span.attributes[key])}`],
    );
    const notes = [...(isRemote ? ["parent elsewhere"] : []), ...links, ...values];
    process.stdout.write(
      `${indent}${span.name} ${SpanKind[span.kind]}${notes.map((note) => `  [${note}]`).join("")}\n`,
    );
    printBelow(span, `${indent}  `, traceId, attributes);
  }
}

function parentOf(span: ReadableSpan): ReadableSpan | undefined {
  return spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
}

function nameOf(spanId: string): string {
  return spans.find((span) => span.spanContext().spanId === spanId)?.name ?? "a span elsewhere";
}
