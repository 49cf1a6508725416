/**
 * Collects everything that leaves the process as telemetry: traces, metrics and log records in their wire format,
 * `diag` at all levels, the console, and propagated context. It registers real providers of the OpenTelemetry SDK, once
 * per file.
 */
import {
  context,
  diag,
  DiagLogLevel,
  metrics,
  propagation,
  trace,
  type Context,
  type TracerProvider,
} from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
  type Span,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { enabledContextManager } from "../support/context-manager.ts";

/** Everything that left the process, by the signal that took it out. */
export interface Exported {
  readonly traces: unknown;
  readonly metrics: unknown;
  readonly logs: unknown;
  readonly diag: readonly unknown[];
  readonly console: readonly unknown[];
  readonly propagated: readonly unknown[];
}

const LOG_METHODS = ["error", "warn", "info", "debug", "verbose"] as const;
const CONSOLE_METHODS = ["error", "warn", "info", "debug", "log", "trace"] as const;

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** Keeps every span from its start, so that spans that never end are searched too. */
class StartedSpans extends Array<ReadableSpan> implements SpanProcessor {
  onStart(span: Span, _parent: Context): void {
    this.push(span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

export class ExportedTelemetry {
  /** In order of their start. */
  readonly spans = new StartedSpans();
  readonly provider: TracerProvider;
  readonly #reader = new Reader({
    aggregationTemporalitySelector: () => AggregationTemporality.DELTA,
  });
  readonly #records = new InMemoryLogRecordExporter();
  readonly #diag: unknown[] = [];
  readonly #console: unknown[] = [];
  readonly #propagated: unknown[] = [];

  constructor(sampler: Sampler = new AlwaysOnSampler()) {
    const resource = resourceFromAttributes({ "service.name": "application" });
    const say = (...words: unknown[]): void => void this.#diag.push(words);
    const logger = Object.fromEntries(LOG_METHODS.map((method) => [method, say])) as Record<
      (typeof LOG_METHODS)[number],
      typeof say
    >;
    diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
    this.provider = new BasicTracerProvider({ resource, sampler, spanProcessors: [this.spans] });
    trace.setGlobalTracerProvider(this.provider);
    metrics.setGlobalMeterProvider(new MeterProvider({ resource, readers: [this.#reader] }));
    const processors = [new SimpleLogRecordProcessor({ exporter: this.#records })];
    logs.setGlobalLoggerProvider(new LoggerProvider({ resource, processors }));
    context.setGlobalContextManager(enabledContextManager());
    propagation.setGlobalPropagator(
      new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    );
    for (const method of CONSOLE_METHODS) {
      console[method] = (...words: unknown[]) => void this.#console.push(words);
    }
    this.reset();
  }

  /** Injects the active context, as an instrumented `fetch` does before a request. */
  readonly propagate = (): void => {
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    this.#propagated.push(carrier, propagation.getActiveBaggage()?.getAllEntries());
  };

  /** Keeps a value that was sent to another process. */
  sent(value: unknown): void {
    this.#propagated.push(value);
  }

  /** Everything since the last `reset`. Metrics are those since the last `collect`. */
  async collect(): Promise<Exported> {
    const { resourceMetrics } = await this.#reader.collect();
    return {
      traces: fromWire(JsonTraceSerializer.serializeRequest([...this.spans])),
      metrics: fromWire(JsonMetricsSerializer.serializeRequest(resourceMetrics)),
      logs: fromWire(JsonLogsSerializer.serializeRequest(this.#records.getFinishedLogRecords())),
      diag: this.#diag,
      console: this.#console,
      propagated: this.#propagated,
    };
  }

  reset(): void {
    for (const list of [this.spans, this.#diag, this.#console, this.#propagated]) list.length = 0;
    this.#records.reset();
  }
}

/** The parsed JSON, and its text. The text is searched too, because a value may be escaped twice. */
function fromWire(bytes: Uint8Array | undefined): readonly unknown[] {
  const text = new TextDecoder().decode(bytes);
  return [JSON.parse(text), text];
}
