/**
 * The tracer, the meter and the options of one wrapper or adapter. Asks the API for the providers at each use, because
 * a program may register them after it loads ai-spans. Starts spans and contains every failure of the tracer.
 */
import {
  INVALID_SPAN_CONTEXT,
  INVALID_SPANID,
  metrics,
  SpanKind,
  trace,
  type Context,
  type MeterProvider,
  type Span,
  type TimeInput,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain, report } from "../foundation/containment.ts";
import { doctor } from "../foundation/doctor-notice.ts";
import { instrumentsOf, type Instruments } from "../metrics/instruments.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Operation } from "../semconv/attributes.ts";
import type { AttributeRecord } from "../semconv/records.ts";
import { attributesOf, spanName } from "../semconv/span-attributes.ts";
import { contextWithSpan } from "./derived-context.ts";
import { checkRegistrations } from "./registration.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "./instrumentation-scope.ts";
import { runWorkBeforeFirstSpan } from "./set-up.ts";

/** The record of a span's start. Its attributes are those from which samplers decide. */
export type SpanStart = AttributeRecord & { readonly operation: Operation };

export class Tracing {
  readonly options: ResolvedOptions;
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;
  #meterProvider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  constructor(options: ResolvedOptions) {
    this.options = options;
  }

  /**
   * @param target the second part of the span's name: the agent, the model or the tool
   * @param startTime when the work began; default: now
   * @returns the span. If the tracer has failed, a span that does not record. The work is still measured then, and its
   *   tokens are still added to the parent.
   */
  startSpan(start: SpanStart, target: string | undefined, parent: Context, startTime?: TimeInput): Span {
    try {
      const attributes = attributesOf(start, this.options.vocabularies);
      const isInternal = start.operation === "invoke_agent" || start.operation === "execute_tool";
      const kind = isInternal ? SpanKind.INTERNAL : SpanKind.CLIENT;
      const name = spanName(start.operation, target);
      const span = this.#currentTracer().startSpan(
        name,
        startTime === undefined ? { kind, attributes } : { kind, attributes, startTime },
        parent,
      );
      doctor()?.("start", span, this, start.operation, parent);
      return span;
    } catch (error) {
      report("startSpan", error);
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
  }

  /** @returns a `Tracing` with the tracer that the caller passed to one call; `this` if `tracer` is no tracer */
  withTracer(tracer: unknown): Tracing {
    return isTracer(tracer)
      ? new Tracing({ ...this.options, tracerProvider: { getTracer: () => tracer } })
      : this;
  }

  /** `undefined` if no metrics are recorded. */
  get instruments(): Instruments | undefined {
    const { meterProvider } = this.options;
    const provider = meterProvider ?? metrics.getMeterProvider();
    if (provider !== this.#meterProvider) {
      const found = contain("getMeter", () => ({
        instruments: instrumentsOf(provider, () =>
          provider.getMeter(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION),
        ),
      }));
      this.#instruments = found?.instruments;
      // A provider from the option may be a proxy, and the provider behind it may be registered later. So as long as it
      // has no instruments, it is asked again. A provider that has failed is asked again too.
      this.#meterProvider = this.#instruments || (found && !meterProvider) ? provider : undefined;
    }
    return this.#instruments;
  }

  /** Asks each provider for a tracer once. The program may register or replace a provider at any time. */
  #currentTracer(): Tracer {
    let provider = this.options.tracerProvider ?? trace.getTracerProvider();
    if (!this.#tracer || provider !== this.#provider) {
      // The work registers a context manager too, which spans of every provider need.
      runWorkBeforeFirstSpan();
      provider = this.options.tracerProvider ?? trace.getTracerProvider();
      this.#tracer = provider.getTracer(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION);
      this.#provider = provider;
    }
    return this.#tracer;
  }
}

function isTracer(value: unknown): value is Tracer {
  return typeof value === "object" && value !== null && "startSpan" in value;
}

/**
 * The context for work under a span that does not record. In it, child spans inherit the sampling decision.
 *
 * @returns `undefined` if the span is invalid because there is no tracer, or if it is the parent's span
 */
export function contextOfUnrecorded(span: Span, parent: Context): Context | undefined {
  return contain("span.spanContext", () => {
    const { spanId } = span.spanContext();
    if (spanId === INVALID_SPANID) checkRegistrations();
    return spanId === INVALID_SPANID || spanId === trace.getSpanContext(parent)?.spanId
      ? undefined
      : contextWithSpan(parent, span);
  });
}
