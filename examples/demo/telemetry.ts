// Sets up the OpenTelemetry SDK of the demo. One provider keeps the spans for printing. It also exports them if an
// endpoint is set. An application has the same code in its start-up.
import { setTimeout as wait } from "node:timers/promises";

import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";

const EXPORT_TIMEOUT_MS = 2_000;
const SPAN_END_TIMEOUT_MS = 1_500;

export interface DemoTelemetry {
  /**
   * Waits until every started span has ended, and returns each span once. A span that stays open for more than a moment
   * is returned unended, so that the demo shows it.
   */
  takeSpans(): Promise<readonly ReadableSpan[]>;
  shutdown(): Promise<void>;
}

/** @param warn is called when the first export fails, and at most once */
export function startTelemetry(
  otlpEndpoint: string | undefined,
  warn: (line: string) => void,
): DemoTelemetry {
  let spans: ReadableSpan[] = [];
  const collector: SpanProcessor = {
    onStart: (span) => void spans.push(span),
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const processors = [collector];
  if (otlpEndpoint) processors.push(new BatchSpanProcessor(createOtlpExporter(otlpEndpoint, warn)));

  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "ai-spans-demo" }),
    spanProcessors: processors,
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);

  return {
    async takeSpans() {
      const deadline = performance.now() + SPAN_END_TIMEOUT_MS;
      while (spans.some((span) => !span.ended) && performance.now() < deadline) await wait(10);
      const taken = spans;
      spans = [];
      return taken;
    },
    // The exporter has already reported its failure.
    shutdown: async () => provider.shutdown().catch(() => undefined),
  };
}

/** The exporter reads endpoint and headers from the standard OTEL_EXPORTER_OTLP_* variables. */
function createOtlpExporter(endpoint: string, warn: (line: string) => void): SpanExporter {
  const exporter = new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS });
  let warned = false;
  return {
    export(batch, done) {
      exporter.export(batch, (result) => {
        if (result.error && !warned) {
          warned = true;
          warn(`warning: no spans exported to ${endpoint}: ${result.error.message || result.error.name}`);
        }
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush(),
    shutdown: async () => exporter.shutdown(),
  };
}
