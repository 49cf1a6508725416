/**
 * Registers what an application may have: nothing; a sampler that drops every span; a sampler that records every span,
 * with an exporter that discards them; or that and a meter provider. One at a time, for the whole process.
 */
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

export type ModeName = "none" | "unsampled" | "sampled" | "measured";

export const MODE_NAMES: readonly ModeName[] = ["none", "unsampled", "sampled", "measured"];

export const MODE_TITLES: Readonly<Record<ModeName, string>> = {
  none: "no provider",
  unsampled: "unsampled",
  sampled: "sampled",
  measured: "sampled, with a meter provider",
};

const discardingExporter: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
};

/** @returns a function that removes the registration */
export function register(mode: ModeName): () => void {
  if (mode === "none") return () => {};
  const provider = new BasicTracerProvider({
    sampler: mode === "unsampled" ? new AlwaysOffSampler() : new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor(discardingExporter)],
  });
  if (mode === "measured") {
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new IdleReader()] }));
  }
  return registerProvider(provider);
}

/** Never collects, because only the cost of recording in the call is measured. */
class IdleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** Runs `work` and returns its spans, in the order of their ends. */
export async function collectSpans(work: () => Promise<unknown>): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const unregister = registerProvider(provider);
  try {
    await work();
    await provider.forceFlush();
    return exporter.getFinishedSpans();
  } finally {
    unregister();
  }
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
