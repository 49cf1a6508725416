// Sends AI spans to two backends: one for AI, which gets nothing else, and the APM's, which also has the application's
// spans.
import { trace, TraceFlags, type Context, type Span, type SpanContext } from "@opentelemetry/api";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type Span as StartedSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";

/** Sends a run as a root where the backend does not have the span above it. */
class RunProcessor extends BatchSpanProcessor {
  readonly #roots = new WeakSet<ReadableSpan>();
  readonly #hasSpan: (span: SpanContext) => boolean;

  /** @param hasSpan whether the backend has this span, which is not one of ai-spans */
  constructor(exporter: SpanExporter, hasSpan: (span: SpanContext) => boolean) {
    super(exporter);
    this.#hasSpan = hasSpan;
  }

  override onStart(span: StartedSpan, parentContext: Context): void {
    const parent = trace.getSpan(parentContext);
    if (parent && !isAISpan(parent) && !this.#hasSpan(parent.spanContext())) this.#roots.add(span);
    super.onStart(span, parentContext);
  }

  override onEnd(span: ReadableSpan): void {
    const hasNoParent = { parentSpanContext: { value: undefined } };
    super.onEnd(this.#roots.has(span) ? (Object.create(span, hasNoParent) as ReadableSpan) : span);
  }
}

function isAISpan(span: Span & Partial<ReadableSpan>): boolean {
  return span.instrumentationScope?.name === "ai-spans";
}

const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

export function createTracerProvider(aiBackend: SpanExporter, apm: SpanExporter): BasicTracerProvider {
  return new BasicTracerProvider({
    // Every run, whether its request was sampled or not.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new RunProcessor(aiBackend, () => false), new RunProcessor(apm, isSampled)],
  });
}
