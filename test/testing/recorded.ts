/**
 * A recorder in a real tracer provider, and a function that starts spans by their names.
 */
import { context, trace, type Context, type Span, type SpanOptions } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createSpanRecorder } from "ai-spans/testing";

export function createRecording() {
  const recorder = createSpanRecorder<ReadableSpan>();
  // Compiling proves that a recorder is a `SpanProcessor`.
  const processor: SpanProcessor = recorder;
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [processor, new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("application");
  return {
    recorder,
    exporter,
    provider,
    start: (name: string, options: SpanOptions = {}, parent?: Span): Span => {
      const within: Context = parent ? trace.setSpan(context.active(), parent) : context.active();
      return tracer.startSpan(name, options, within);
    },
  };
}

/** Returns the error that an assertion throws. Throws if it throws nothing. */
export async function failureOf(assertion: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await assertion();
  } catch (error) {
    // An assertion throws an `Error`. The tests check its other properties.
    return error as Error & Record<string, unknown>;
  }
  throw new Error("the assertion did not fail");
}
