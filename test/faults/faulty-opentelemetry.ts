/**
 * Real tracer and meter providers, span processors, context managers and loggers, each behind a layer that may throw.
 * It keeps all spans that were started.
 */
import {
  context,
  diag,
  metrics,
  trace,
  type ContextManager,
  type MeterProvider as APIMeterProvider,
  type Span as APISpan,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { receiveReports, textOf } from "../support/diag-logger.ts";
import { OnDemandReader } from "../support/on-demand-reader.ts";
import { strike } from "./fault-point.ts";
import { faulty } from "./faulty-layer.ts";

/** A span that a tracer returned, and how often it was ended. */
export interface OpenedSpan {
  readonly span: ReadableSpan;
  ends: number;
}

export interface FaultyTelemetry {
  /** The spans in the order of their starts. */
  readonly opened: readonly OpenedSpan[];
  /** What ai-spans reported to `diag`. */
  readonly diagnostics: readonly string[];
  collectMetrics(): Promise<ResourceMetrics>;
  uninstall(): Promise<void>;
}

const SPAN_METHODS = ["spanContext", "isRecording", "setAttribute", "setStatus", "end"];
/** Methods that ai-spans never calls today are places as well, because a change may call them. */
const UNUSED_SPAN_METHODS = "setAttributes addEvent addLink addLinks updateName recordException".split(" ");

export const TRACER_PLACES: readonly string[] = ["provider.getTracer", "tracer.startSpan"];
export const SPAN_PLACES: readonly string[] = [
  ...SPAN_METHODS.map((name) => `span.${name}`),
  ...UNUSED_SPAN_METHODS.map((name) => `span.${name}`),
  "span.end, done",
  "span.startTime",
];
/** A tracer calls these while it starts a span. If they throw, there is no span. */
export const STARTING_PLACES: readonly string[] = ["processor.onStart", "sampler.shouldSample"];
export const ENDING_PLACES: readonly string[] = ["processor.onEnd", "exporter.export"];
export const METER_PLACES: readonly string[] = [
  "meter provider.getMeter",
  "meter.createHistogram",
  "meter.createCounter",
  "histogram.record",
  "counter.add",
];
export const CONTEXT_PLACES: readonly string[] = [
  "context manager.active",
  "context manager.with",
  "context manager.with, done",
];

function faultyTracerProvider(opened: OpenedSpan[], isSampled: boolean): TracerProvider {
  const exporter = faulty("exporter", new InMemorySpanExporter());
  const real: TracerProvider = new BasicTracerProvider({
    sampler: faulty("sampler", isSampled ? new AlwaysOnSampler() : new AlwaysOffSampler()),
    spanProcessors: [faulty("processor", new SimpleSpanProcessor(exporter))],
  });
  const startSpan = (span: APISpan & ReadableSpan): APISpan => {
    const entry: OpenedSpan = { span, ends: 0 };
    opened.push(entry);
    const layer = faulty("span", span, { after: ["end"] });
    return new Proxy(layer, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (key !== "end" || typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          entry.ends += 1;
          return Reflect.apply(value, target, args);
        };
      },
    });
  };
  const getTracer = (tracer: Tracer): Tracer => faulty("tracer", tracer, { results: { startSpan } });
  return faulty("provider", real, { results: { getTracer } });
}

function faultyMeterProvider(real: MeterProvider): APIMeterProvider {
  const instruments = {
    createHistogram: (histogram: object) => faulty("histogram", histogram),
    createCounter: (counter: object) => faulty("counter", counter),
  };
  const getMeter = (meter: object): object => faulty("meter", meter, { results: instruments });
  return faulty<APIMeterProvider>("meter provider", real, { results: { getMeter } });
}

export function faultyContextManager(): ContextManager {
  const real = new AsyncLocalStorageContextManager().enable();
  // v6 itself calls the context manager, so only our calls throw.
  return faulty("context manager", real, { after: ["with"], onlyOurs: true });
}

export interface InstallOptions {
  readonly isMetered: boolean;
  /** Whether spans are sampled. The default is true. */
  readonly isSampled?: boolean;
  readonly contextManager?: ContextManager;
}

/** Registers all of it as the global telemetry, instead of what was registered before. */
export function installFaultyTelemetry({
  isMetered,
  isSampled = true,
  contextManager = faultyContextManager(),
}: InstallOptions): FaultyTelemetry {
  for (const api of [trace, context, metrics, diag]) api.disable();
  const diagnostics: string[] = [];
  receiveReports((...words) => {
    // OpenTelemetry's SDK reports to the same logger.
    if (!textOf(words).startsWith("ai-spans")) return;
    diagnostics.push(textOf(words));
    strike("diag.warn");
  });
  const opened: OpenedSpan[] = [];
  const reader = new OnDemandReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(contextManager);
  trace.setGlobalTracerProvider(faultyTracerProvider(opened, isSampled));
  if (isMetered) metrics.setGlobalMeterProvider(faultyMeterProvider(meterProvider));
  return {
    opened,
    diagnostics,
    collectMetrics: async () => (await reader.collect()).resourceMetrics,
    uninstall: async () => {
      for (const api of [trace, context, metrics, diag]) api.disable();
      await meterProvider.shutdown();
    },
  };
}
