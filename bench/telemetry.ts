/**
 * What the application has registered with OpenTelemetry: nothing, a sampler that says no, or one that says yes and
 * an exporter that throws every span away. One at a time, for the whole process.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

export type ModeName = "none" | "unsampled" | "sampled";

export const MODE_NAMES: readonly ModeName[] = ["none", "unsampled", "sampled"];

export const MODE_TITLES: Readonly<Record<ModeName, string>> = {
  none: "no provider",
  unsampled: "unsampled",
  sampled: "sampled",
};

const discardingExporter: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
};

/** @returns takes the registration back */
export function register(mode: ModeName): () => void {
  if (mode === "none") return () => {};
  const provider = new BasicTracerProvider({
    sampler: mode === "sampled" ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanProcessors: [new SimpleSpanProcessor(discardingExporter)],
  });
  return registerProvider(provider);
}

/** The spans that `work` leaves behind, in order of their end. */
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
    trace.disable();
    context.disable();
  };
}
