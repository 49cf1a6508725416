// Sets up the OpenTelemetry SDK of the demo. One provider prints the runs. It also exports the spans if an endpoint is set,
// and shows the runs in a browser if it gets a viewer. An application has the same code in its start-up.
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createTreeExporter } from "ai-spans/console";
import { createSpanRecorder } from "ai-spans/testing";
import type { Viewer } from "ai-spans/view";

const EXPORT_TIMEOUT_MS = 2_000;
const SPAN_END_TIMEOUT_MS = 1_500;

export interface DemoTelemetry {
  /** Waits until every span has ended, so that its run is printed. Not longer than a moment. */
  waitForEnds(): Promise<void>;
  shutdown(): Promise<void>;
}

/** @param warn is called when the first export fails, and at most once */
export function startTelemetry(
  {
    otlpEndpoint,
    viewer,
  }: { readonly otlpEndpoint: string | undefined; readonly viewer: Viewer | undefined },
  warn: (line: string) => void,
): DemoTelemetry {
  const recorder = createSpanRecorder();
  const processors: SpanProcessor[] = [recorder, new SimpleSpanProcessor(createTreeExporter())];
  if (viewer) processors.push(viewer.spanProcessor);
  if (otlpEndpoint) processors.push(new BatchSpanProcessor(createOtlpExporter(otlpEndpoint, warn)));

  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "ai-spans-demo" }),
    spanProcessors: processors,
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);

  return {
    async waitForEnds() {
      await recorder.waitForEnds(SPAN_END_TIMEOUT_MS);
      recorder.reset();
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
