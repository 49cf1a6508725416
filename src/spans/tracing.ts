/**
 * Where one wrapper's spans and metrics go: the tracer and the meter, looked up late, and the resolved options. Starts
 * spans and contains every failure of the tracer.
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
import { instrumentsOf, type Instruments } from "../metrics/instruments.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Operation } from "../semconv/attributes.ts";
import type { SpanRecord } from "../semconv/records.ts";
import { attributesOf, spanName } from "../semconv/span-attributes.ts";
import { checkRegistrations } from "./registration.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";

/** What samplers look at. */
export type SpanStart = SpanRecord & { readonly operation: Operation };

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
   * @param target what the operation is done to: the second part of the span's name
   * @param startTime when the work began, where that is not now
   * @returns one that records nothing where the tracer failed: what the work is measured by, and what it adds to the
   *   span above it, goes on
   */
  startSpan(start: SpanStart, target: string | undefined, parent: Context, startTime?: TimeInput): Span {
    try {
      const attributes = attributesOf(start, this.options.vocabularies);
      const isInternal = start.operation === "invoke_agent" || start.operation === "execute_tool";
      const kind = isInternal ? SpanKind.INTERNAL : SpanKind.CLIENT;
      const name = spanName(start.operation, target);
      return this.#currentTracer().startSpan(
        name,
        startTime === undefined ? { kind, attributes } : { kind, attributes, startTime },
        parent,
      );
    } catch (error) {
      report("startSpan", error);
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
  }

  /** For one call whose caller may have passed a tracer. */
  withTracer(tracer: unknown): Tracing {
    return isTracer(tracer)
      ? new Tracing({ ...this.options, tracerProvider: { getTracer: () => tracer } })
      : this;
  }

  /** `undefined` where nothing is measured. Looked up in the same way as the tracer. */
  get instruments(): Instruments | undefined {
    const given = this.options.meterProvider;
    const provider = given ?? metrics.getMeterProvider();
    if (provider !== this.#meterProvider) {
      const found = contain("getMeter", () => ({
        instruments: instrumentsOf(provider, () => provider.getMeter(SCOPE_NAME, SCOPE_VERSION)),
      }));
      this.#instruments = found?.instruments;
      // One that was given may hand on to another, which is registered later; one that failed is asked again.
      this.#meterProvider = this.#instruments || (found && !given) ? provider : undefined;
    }
    return this.#instruments;
  }

  /** The provider may be registered, or replaced, after us; its tracer is asked for once. */
  #currentTracer(): Tracer {
    const provider = this.options.tracerProvider ?? trace.getTracerProvider();
    if (!this.#tracer || provider !== this.#provider) {
      this.#tracer = provider.getTracer(SCOPE_NAME, SCOPE_VERSION);
      this.#provider = provider;
    }
    return this.#tracer;
  }
}

function isTracer(value: unknown): value is Tracer {
  return typeof value === "object" && value !== null && "startSpan" in value;
}

/**
 * The context for work under a span that does not record: a sampled-out decision reaches what the work starts. Nothing
 * to enter where there is no tracer (an invalid span) or the span is only the parent handed on.
 */
export function contextOfUnrecorded(span: Span, parent: Context): Context | undefined {
  return contain("span.spanContext", () => {
    const { spanId } = span.spanContext();
    if (spanId === INVALID_SPANID) checkRegistrations();
    return spanId === INVALID_SPANID || spanId === trace.getSpanContext(parent)?.spanId
      ? undefined
      : trace.setSpan(parent, span);
  });
}
