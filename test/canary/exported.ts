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
import { AggregationTemporality, MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
} from "@opentelemetry/sdk-trace-base";
import { enabledContextManager } from "../support/context-manager.ts";
import { OnDemandReader } from "../support/on-demand-reader.ts";
import { processorOf } from "../support/span-processor.ts";

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

export class ExportedTelemetry {
  /** In the order of their start. Spans that never end are searched too. */
  readonly spans: ReadableSpan[] = [];
  readonly provider: TracerProvider;
  readonly #reader = new OnDemandReader({
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
    const keeping = processorOf({ onStart: (span) => void this.spans.push(span) });
    this.provider = new BasicTracerProvider({ resource, sampler, spanProcessors: [keeping] });
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
      traces: fromWire(JsonTraceSerializer.serializeRequest(this.spans)),
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
