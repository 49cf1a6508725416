/**
 * Chooses the tracing of each call. The modules of the SDK are replaced once, for all instrumentations. The
 * instrumentation that was enabled last traces a call. If none is enabled, nothing is recorded.
 */
import {
  createNoopMeter,
  INVALID_SPAN_CONTEXT,
  trace,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { sharedState } from "../foundation/process-state.ts";
import { resolveOptions } from "../options.ts";
import { recordingCheck } from "../spans/recording-check.ts";
import { runWorkBeforeFirstSpan } from "../spans/set-up.ts";
import { Tracing } from "../spans/tracing.ts";

/**
 * The tracing of each enabled instrumentation, in the order in which they were enabled. All copies of ai-spans in the
 * process share this map.
 */
const enabled = sharedState("instrumentations.v1", Map<object, InstrumentationTracing>);

const silentTracer: Tracer = {
  startSpan: () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  // ai-spans never calls it, but the type `Tracer` requires it.
  startActiveSpan: () => undefined as never,
};
const silentTracerProvider: TracerProvider = { getTracer: () => silentTracer };
const silentMeterProvider: MeterProvider = { getMeter: () => createNoopMeter() };

export class InstrumentationTracing extends Tracing {
  /** Whether spans or metrics are recorded at all. The adapter checks this at each call of the SDK. */
  readonly isRecording: () => boolean;

  constructor(...args: ConstructorParameters<typeof Tracing>) {
    super(...args);
    const check = recordingCheck(this);
    this.isRecording = () => {
      if (!this.options.tracerProvider) runWorkBeforeFirstSpan();
      return check();
    };
  }
}

/** Records nothing, even if the caller passes a tracer to a call. */
class SilentTracing extends Tracing {
  constructor() {
    super({
      ...resolveOptions("AISDKInstrumentation"),
      tracerProvider: silentTracerProvider,
      meterProvider: silentMeterProvider,
    });
  }

  override withTracer(_tracer: unknown): Tracing {
    return this;
  }
}

const silent = new SilentTracing();

/** @returns the tracing of the instrumentation that was enabled last; `undefined` where none is enabled */
export function activeTracing(): InstrumentationTracing | undefined {
  let last: InstrumentationTracing | undefined;
  for (const [, tracing] of enabled) last = tracing;
  return last;
}

/**
 * The tracing of the wrapped exports of the SDK. Every call starts with `withTracer`, which returns the tracing that is
 * active at that moment.
 */
class ChosenTracing extends Tracing {
  override withTracer(tracer: unknown): Tracing {
    return (activeTracing() ?? silent).withTracer(tracer);
  }
}

export const chosenTracing: Tracing = new ChosenTracing(resolveOptions("AISDKInstrumentation"));

/** Enables an instrumentation. If it is enabled already, replaces its tracing. */
export function enableTracing(instrumentation: object, tracing: InstrumentationTracing): void {
  enabled.set(instrumentation, tracing);
}

export function disableTracing(instrumentation: object): void {
  enabled.delete(instrumentation);
}
