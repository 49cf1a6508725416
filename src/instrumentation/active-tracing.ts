/**
 * The tracing of the instrumentations that are enabled. The modules of the SDK are replaced once. Each call asks here
 * which instrumentation traces it: the one that was enabled last. If none is enabled, the call runs unchanged.
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

/** By instrumentation, in the order in which they were enabled. All copies of ai-spans in the process share them. */
const enabled = sharedState("instrumentations.v1", Map<object, InstrumentationTracing>);

const silentTracer: Tracer = {
  startSpan: () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  // We never call it. The type of a tracer has it.
  startActiveSpan: () => undefined as never,
};
const silentTracerProvider: TracerProvider = { getTracer: () => silentTracer };
const silentMeterProvider: MeterProvider = { getMeter: () => createNoopMeter() };

/** The tracing of one instrumentation. */
export class InstrumentationTracing extends Tracing {
  /** Whether anything records. The adapter asks at each call of the SDK. */
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

/** Records nothing, not even with a tracer that the caller passes to one call. */
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

/** The tracing of replaced functions and classes. Every call starts with `withTracer`, which chooses the tracing. */
class ChosenTracing extends Tracing {
  override withTracer(tracer: unknown): Tracing {
    return (activeTracing() ?? silent).withTracer(tracer);
  }
}

export const chosenTracing: Tracing = new ChosenTracing(resolveOptions("AISDKInstrumentation"));

/** Enables an instrumentation, or replaces its tracing where it is enabled already. */
export function enableTracing(instrumentation: object, tracing: InstrumentationTracing): void {
  enabled.set(instrumentation, tracing);
}

export function disableTracing(instrumentation: object): void {
  enabled.delete(instrumentation);
}
