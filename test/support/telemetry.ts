/**
 * A real tracer provider that is registered once per test file and keeps every span in order. A test may choose whether
 * a context manager is registered, and the sampler.
 */
import { context, trace, type Tracer } from "@opentelemetry/api";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
} from "@opentelemetry/sdk-trace-base";
import { createSpanRecorder, type SpanRecorder } from "ai-spans/testing";
import { enabledContextManager } from "./context-manager.ts";
import { receiveReports, textOf } from "./diag-logger.ts";
import { processorOf } from "./span-processor.ts";

export interface TelemetryOptions {
  /** Whether a context manager is registered. The default is true. */
  readonly contextManager?: boolean;
  readonly sampler?: Sampler;
}

export interface Telemetry {
  readonly recorder: SpanRecorder<ReadableSpan>;
  /** The application's tracer. */
  readonly tracer: Tracer;
  /** All spans, in the order of their start. */
  readonly started: readonly ReadableSpan[];
  /** The ended spans, in the order of their end. */
  readonly finished: readonly ReadableSpan[];
  /** The spans that have not ended. */
  readonly open: readonly ReadableSpan[];
  /** The warnings and errors that were reported to `diag`. */
  readonly diagnostics: readonly string[];
  reset(): void;
}

const recorder = createSpanRecorder<ReadableSpan>();
const diagnostics: string[] = [];
let sampler: Sampler = new AlwaysOnSampler();
let registered = false;

/**
 * A tracer may be cached for the life of the process. So there is only one provider, and this sampler delegates to the
 * current one.
 */
const replaceableSampler: Sampler = {
  shouldSample: (...request) => sampler.shouldSample(...request),
  toString: () => "replaceable",
};

function registerOnce(): void {
  if (registered) return;
  registered = true;
  receiveReports((...words) => void diagnostics.push(textOf(words)));
  const keeping = processorOf({
    onStart: (span) => recorder.onStart(span),
    onEnd: (span) => recorder.onEnd(span),
  });
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ sampler: replaceableSampler, spanProcessors: [keeping] }),
  );
}

function reset(): void {
  recorder.reset();
  diagnostics.length = 0;
}

export function setupTelemetry(options: TelemetryOptions = {}): Telemetry {
  registerOnce();
  sampler = options.sampler ?? new AlwaysOnSampler();
  context.disable();
  if (options.contextManager !== false) {
    context.setGlobalContextManager(enabledContextManager());
  }
  reset();
  return {
    tracer: trace.getTracer("application"),
    recorder,
    started: recorder.started,
    finished: recorder.finished,
    get open() {
      return recorder.open;
    },
    diagnostics,
    reset,
  };
}
