/**
 * A real tracer provider, registered once per test file, that remembers every span started and every span ended,
 * in order. Whether a context manager is registered and what the sampler says may change between tests.
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
  /** Default: true. */
  readonly contextManager?: boolean;
  readonly sampler?: Sampler;
}

export interface Telemetry {
  readonly recorder: SpanRecorder<ReadableSpan>;
  /** The application's own tracer. */
  readonly tracer: Tracer;
  /** In order of their start. */
  readonly started: readonly ReadableSpan[];
  /** In order of their end. */
  readonly finished: readonly ReadableSpan[];
  /** Started and not ended. */
  readonly open: readonly ReadableSpan[];
  /** What was reported to `diag` as a warning or an error. */
  readonly diagnostics: readonly string[];
  reset(): void;
}

/** Told of every start and every end. */
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

/** A tracer may be kept for the life of the process, so there is one provider and its sampler is replaced. */
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
