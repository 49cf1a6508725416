/**
 * Registers what an application may have: nothing; a sampler that drops every span; a sampler that records every span,
 * with an exporter that discards them; that and a meter provider; or that and a viewer. One at a time, for the whole
 * process.
 */
import { context, metrics, trace, type Attributes } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createViewer, type ViewedSpan } from "../src/view.ts";
import { FLOOR_SCOPE } from "./floor-metrics.ts";

export type ModeName = "none" | "unsampled" | "sampled" | "measured" | "unsampled-measured" | "viewed";

export const MODE_NAMES: readonly ModeName[] = [
  "none",
  "unsampled",
  "sampled",
  "measured",
  "unsampled-measured",
  "viewed",
];

export const MODE_TITLES: Readonly<Record<ModeName, string>> = {
  none: "no provider",
  unsampled: "unsampled",
  sampled: "sampled",
  measured: "sampled, with a meter provider",
  "unsampled-measured": "unsampled, with a meter provider",
  viewed: "sampled, with a viewer",
};

const discardingExporter: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
};

/** @returns a function that removes the registration */
export function register(mode: ModeName): () => void {
  if (mode === "none") return () => {};
  const provider = new BasicTracerProvider({
    sampler: mode.startsWith("unsampled") ? new AlwaysOffSampler() : new AlwaysOnSampler(),
    spanProcessors: [
      new SimpleSpanProcessor(discardingExporter),
      ...(mode === "viewed" ? [viewerOfWrapped()] : []),
    ],
  });
  if (mode.endsWith("measured")) {
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new IdleReader()] }));
  }
  return registerProvider(provider);
}

/** A viewer that gets the spans of ai-spans, and not those of the floor. */
function viewerOfWrapped(): SpanProcessor {
  const { spanProcessor } = createViewer();
  const isWrapped = ({ instrumentationScope }: ViewedSpan): boolean =>
    instrumentationScope?.name !== FLOOR_SCOPE;
  return {
    onStart: (span) => void (isWrapped(span) && spanProcessor.onStart(span)),
    onEnd: (span) => void (isWrapped(span) && spanProcessor.onEnd(span)),
    forceFlush: () => spanProcessor.forceFlush(),
    shutdown: () => spanProcessor.shutdown(),
  };
}

/** Never collects, because only the cost of recording in the call is measured. */
class IdleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** One series of a metric. */
export interface Series {
  readonly metric: string;
  readonly attributes: Attributes;
  /** How many values a histogram has, or the value of a counter. */
  readonly count: number;
}

export interface Collected {
  /** In the order of their ends. */
  readonly spans: readonly ReadableSpan[];
  readonly series: readonly Series[];
}

/** Runs `work` with a tracer provider and a meter provider, and returns what was recorded. */
export async function collect(work: () => Promise<unknown>): Promise<Collected> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const reader = new IdleReader();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const unregister = registerProvider(provider);
  try {
    await work();
    await provider.forceFlush();
    const { resourceMetrics } = await reader.collect();
    return { spans: exporter.getFinishedSpans(), series: seriesOf(resourceMetrics) };
  } finally {
    unregister();
  }
}

function seriesOf({ scopeMetrics }: ResourceMetrics): Series[] {
  return scopeMetrics
    .flatMap((scope) => scope.metrics)
    .flatMap(({ descriptor: { name }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ metric: name, attributes, count: countOf(value) })),
    );
}

function countOf(value: unknown): number {
  return typeof value === "object" && value !== null && "count" in value
    ? Number(value.count)
    : Number(value);
}

function registerProvider(provider: BasicTracerProvider): () => void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return () => {
    metrics.disable();
    trace.disable();
    context.disable();
  };
}
