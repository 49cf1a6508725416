/**
 * A real tracer provider that is registered once per test file and keeps every span in order. A test may choose whether
 * a context manager is registered, and the sampler.
 */
import {
  context,
  diag,
  DiagLogLevel,
  trace,
  type Context,
  type DiagLogger,
  type Tracer,
} from "@opentelemetry/api";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
  type Span,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { createSpanRecorder, type SpanRecorder } from "ai-spans/testing";
import { enabledContextManager } from "./context-manager.ts";

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

/** Keeps every span at its start and at its end. */
class RememberingProcessor implements SpanProcessor {
  readonly recorder = createSpanRecorder<ReadableSpan>();

  onStart(span: Span, _parent: Context): void {
    this.recorder.onStart(span);
  }

  onEnd(span: ReadableSpan): void {
    this.recorder.onEnd(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

const memory = new RememberingProcessor();
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

function report(message: string, ...details: unknown[]): void {
  diagnostics.push([message, ...details.map(String)].join(" "));
}

const logger: DiagLogger = {
  error: report,
  warn: report,
  info: () => {},
  debug: () => {},
  verbose: () => {},
};

function registerOnce(): void {
  if (registered) return;
  registered = true;
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ sampler: replaceableSampler, spanProcessors: [memory] }),
  );
}

function reset(): void {
  memory.recorder.reset();
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
    recorder: memory.recorder,
    started: memory.recorder.started,
    finished: memory.recorder.finished,
    get open() {
      return memory.recorder.open;
    },
    diagnostics,
    reset,
  };
}
