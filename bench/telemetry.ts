/**
 * Registers what an application may have: nothing; a sampler that drops every span; a sampler that records every span,
 * with an exporter that discards them; that and a meter provider; or that and a viewer. One at a time, for the whole
 * process.
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
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createViewer, type ViewedSpan } from "../src/view.ts";
import { FLOOR_SCOPE } from "./floor.ts";

export type ModeName = "none" | "unsampled" | "sampled" | "measured" | "viewed";

export const MODE_NAMES: readonly ModeName[] = ["none", "unsampled", "sampled", "measured", "viewed"];

export const MODE_TITLES: Readonly<Record<ModeName, string>> = {
  none: "no provider",
  unsampled: "unsampled",
  sampled: "sampled",
  measured: "sampled, with a meter provider",
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
    sampler: mode === "unsampled" ? new AlwaysOffSampler() : new AlwaysOnSampler(),
    spanProcessors: [
      new SimpleSpanProcessor(discardingExporter),
      ...(mode === "viewed" ? [viewerOfWrapped()] : []),
    ],
  });
  if (mode === "measured") {
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
