/**
 * Measures what the demo's runs weigh: their spans, serialized by OpenTelemetry's own OTLP serializers in batches as the
 * batch processor makes them, and the attributes and buckets of their metrics.
 */
import { gzipSync } from "node:zlib";
import { context, metrics, trace, type Attributes, type HrTime, type SpanContext } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { loadMajor } from "../../examples/demo/majors.ts";
import { scriptedModels } from "../../examples/demo/models.ts";
import { runScenario, scenarios } from "../../examples/demo/scenarios.ts";
import { startProviderServer } from "../../fixtures/provider-server.ts";

export interface RunSize {
  readonly title: string;
  readonly spans: number;
  /** OTLP as protobuf; a run's share of full batches. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** OTLP as JSON. */
  readonly jsonBytes: number;
}

export interface MeasuredMetric {
  readonly name: string;
  readonly attributes: readonly string[];
  /** Boundaries of its buckets; 0 for a counter. */
  readonly boundaries: number;
}

export interface Measured {
  readonly runs: readonly RunSize[];
  readonly metrics: readonly MeasuredMetric[];
}

/** Of `BatchSpanProcessor`, by default. */
const SPANS_OF_A_BATCH = 512;
/** Spans end after the result of a run. */
const SPANS_END_MS = 1_500;

/** Runs each scenario of the demo, on AI SDK 7. Registers providers, and removes them. */
export async function measure(): Promise<Measured> {
  const exporter = new InMemorySpanExporter();
  const resource = resourceFromAttributes({ "service.name": "ai-spans-demo", "service.version": "1.0.0" });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  metrics.setGlobalMeterProvider(meterProvider);
  const server = await startProviderServer();
  try {
    const major = await loadMajor("v7");
    const runs: RunSize[] = [];
    for (const scenario of scenarios) {
      await runScenario(scenario, major, scriptedModels(major, server));
      await new Promise((resolve) => setTimeout(resolve, SPANS_END_MS));
      runs.push(sizeOf(scenario.title, exporter.getFinishedSpans()));
      exporter.reset();
    }
    await meterProvider.forceFlush();
    return { runs, metrics: metricsOf(metricExporter.getMetrics()) };
  } finally {
    await server.close();
    await meterProvider.shutdown();
    for (const api of [context, trace, metrics]) api.disable();
  }
}

/** The size of a run in a batch that is full of such runs, each with values of its own, which do not compress. */
function sizeOf(title: string, spans: readonly ReadableSpan[]): RunSize {
  const copies = Math.max(1, Math.round(SPANS_OF_A_BATCH / spans.length));
  const batch = Array.from({ length: copies }, () => withOwnValues(spans)).flat();
  const protobuf = ProtobufTraceSerializer.serializeRequest(batch);
  const json = JsonTraceSerializer.serializeRequest(batch);
  if (!protobuf || !json) throw new Error("the serializer has returned nothing");
  const ofRun = (bytes: number): number => Math.round(bytes / copies);
  return {
    title,
    spans: spans.length,
    bytes: ofRun(protobuf.byteLength),
    gzipBytes: ofRun(gzipSync(protobuf).byteLength),
    jsonBytes: ofRun(json.byteLength),
  };
}

/** The spans of another run of the same kind: its ids, times and numbers are random, and as long as the first ones. */
function withOwnValues(spans: readonly ReadableSpan[]): ReadableSpan[] {
  const ids = new Map<string, string>();
  const renewed = (id: string): string => {
    const known = ids.get(id) ?? randomId(id);
    ids.set(id, known);
    return known;
  };
  const renewedContext = <Context extends SpanContext>(old: Context): Context => ({
    ...old,
    traceId: renewed(old.traceId),
    spanId: renewed(old.spanId),
  });
  const laterSeconds = Math.floor(Math.random() * 5);
  const later = ([seconds]: HrTime): HrTime => [seconds + laterSeconds, Math.floor(Math.random() * 1e9)];
  return spans.map((span) => {
    const newContext = renewedContext(span.spanContext());
    const attributes = Object.entries(span.attributes).map(([key, value]) => {
      if (typeof value === "string") return [key, key.endsWith("id") ? renewed(value) : value];
      return [key, typeof value === "number" ? randomNumber(value) : value];
    });
    // The other properties are read through the span itself.
    return Object.create(span, {
      spanContext: { value: () => newContext },
      parentSpanContext: { value: span.parentSpanContext && renewedContext(span.parentSpanContext) },
      attributes: { value: Object.fromEntries(attributes) as Attributes },
      startTime: { value: later(span.startTime) },
      endTime: { value: later(span.endTime) },
    }) as ReadableSpan;
  });
}

/** A random id in the same alphabet: hexadecimal, or letters and digits. A prefix such as `resp_` stays. */
function randomId(id: string): string {
  const digits = /^[0-9a-f]+$/.test(id)
    ? "0123456789abcdef"
    : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const prefix = /^[a-z]+[_-]/.exec(id)?.[0] ?? "";
  const rest = Array.from(
    { length: id.length - prefix.length },
    () => digits[Math.floor(Math.random() * digits.length)],
  );
  return prefix + rest.join("");
}

/** A random number of the same size. Whole numbers stay whole. */
function randomNumber(value: number): number {
  const random = value * (0.75 + Math.random() / 2);
  return Number.isInteger(value) ? Math.round(random) : random;
}

function metricsOf(exported: readonly ResourceMetrics[]): MeasuredMetric[] {
  return exported
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    .map(({ descriptor, dataPoints }) => ({
      name: descriptor.name,
      attributes: [...new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)))].toSorted(),
      boundaries: Math.max(
        ...dataPoints.map(({ value }) =>
          typeof value === "object" && "buckets" in value && "boundaries" in value.buckets
            ? value.buckets.boundaries.length
            : 0,
        ),
      ),
    }))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}
