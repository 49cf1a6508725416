/**
 * The telemetry of the chat server: an SDK as applications have it, and counts of what becomes of its spans. Spans that
 * the processor drops are counted by the SDK itself (its metric `otel.sdk.processor.span.processed`).
 */
import {
  context,
  createContextKey,
  diag,
  DiagLogLevel,
  metrics,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  DataPointType,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { ServerSettings } from "./modes.ts";

export interface SpanCounts {
  started: number;
  ended: number;
  /** Calls of `end` on a span that had ended, by the warning of the SDK. */
  endedTwice: number;
  startedByOperation: Record<string, number>;
}

/** What the processor says about the spans that it got. Without an error type: exported. */
export type Processed = Readonly<Record<string, number>>;

export interface ServerTelemetry {
  readonly counts: SpanCounts;
  /** What ai-spans has reported to `diag`. */
  readonly reports: string[];
  readonly providers: readonly { forceFlush(): Promise<void>; shutdown(): Promise<void> }[];
  processed(): Promise<Processed>;
}

class CountingProcessor implements SpanProcessor {
  readonly counts: SpanCounts = { started: 0, ended: 0, endedTwice: 0, startedByOperation: {} };

  onStart(span: Span): void {
    this.counts.started += 1;
    const operation = String(span.attributes["gen_ai.operation.name"]);
    this.counts.startedByOperation[operation] = (this.counts.startedByOperation[operation] ?? 0) + 1;
  }

  onEnd(_span: ReadableSpan): void {
    this.counts.ended += 1;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Collects when it is asked, and never by itself. */
class AskedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

const REQUEST_KEY = createContextKey("request of the load");

/** Registers a context manager, and nothing that records. */
export function registerContextManager(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** Runs the work in a context of its own. */
export function inContext<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT.setValue(REQUEST_KEY, {}), work);
}

export function registerTelemetry(settings: ServerSettings): ServerTelemetry {
  const counting = new CountingProcessor();
  const reports: string[] = [];
  const report = (message: string): void => {
    if (message.startsWith("ai-spans")) reports.push(message);
    if (/end\(\) on a span once|ended Span/.test(message)) counting.counts.endedTwice += 1;
  };
  const silent = (): void => {};
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN },
  );
  registerContextManager();

  const reader = new AskedReader();
  const timeoutMillis = settings.exportTimeoutMs;
  const exporter = new OTLPTraceExporter({ url: `${settings.receiverUrl}/v1/traces`, timeoutMillis });
  // The type lacks the option, and the class passes it on.
  const observed: object = { selfObsMeterProvider: new MeterProvider({ readers: [reader] }) };
  const batches = new BatchSpanProcessor(exporter, {
    maxQueueSize: settings.queueSize,
    maxExportBatchSize: Math.min(512, settings.queueSize / 2),
    ...observed,
  });
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [counting, batches] });
  trace.setGlobalTracerProvider(tracerProvider);

  const metricReader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${settings.receiverUrl}/v1/metrics`, timeoutMillis }),
    exportIntervalMillis: Math.max(timeoutMillis, 5_000),
    exportTimeoutMillis: timeoutMillis,
  });
  const meterProvider = new MeterProvider({ readers: [metricReader] });
  metrics.setGlobalMeterProvider(meterProvider);

  return {
    counts: counting.counts,
    reports,
    providers: [tracerProvider, meterProvider],
    processed: async () => processedBy(reader),
  };
}

async function processedBy(reader: MetricReader): Promise<Processed> {
  const { resourceMetrics } = await reader.collect();
  const metric = resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === "otel.sdk.processor.span.processed");
  if (metric?.dataPointType !== DataPointType.SUM) return {};
  return Object.fromEntries(
    metric.dataPoints.map(({ attributes, value }) => [String(attributes["error.type"] ?? "exported"), value]),
  );
}
