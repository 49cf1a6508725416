/**
 * Where one wrapper's spans come from: the tracer, looked up late, and the resolved options. Starts spans and
 * contains every failure of the tracer.
 */
import { INVALID_SPANID, SpanKind, trace, type Context, type Span, type Tracer, type TracerProvider } from "@opentelemetry/api";
import { contain } from "../guard.ts";
import type { ResolvedOptions } from "../options.ts";
import type { SpanSpec } from "../semconv/span-spec.ts";
import type { VendorKeys } from "../semconv/vendor-keys.ts";

const SCOPE_NAME = "ai-spans";
const SCOPE_VERSION = "0.1.0";

export class Tracing {
  readonly keys: VendorKeys;
  readonly idleDeadlineMs: number;
  readonly #ownProvider: TracerProvider | undefined;
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(options: ResolvedOptions) {
    this.keys = options.keys;
    this.idleDeadlineMs = options.idleDeadlineMs;
    this.#ownProvider = options.tracerProvider;
  }

  /** `undefined` when the tracer failed: the caller goes on untraced. */
  startSpan(spec: SpanSpec, parent: Context): Span | undefined {
    return contain("startSpan", () =>
      this.#currentTracer().startSpan(
        spec.name,
        { kind: spec.kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes: spec.attributes },
        parent,
      ),
    );
  }

  /** The provider may be registered, or replaced, after us; its tracer is asked for once. */
  #currentTracer(): Tracer {
    const provider = this.#ownProvider ?? trace.getTracerProvider();
    if (this.#tracer === undefined || provider !== this.#provider) {
      this.#tracer = provider.getTracer(SCOPE_NAME, SCOPE_VERSION);
      this.#provider = provider;
    }
    return this.#tracer;
  }
}

/**
 * The context for work under a span that does not record: a sampled-out decision reaches what the work starts. Nothing
 * to enter where there is no tracer (an invalid span) or the span is only the parent handed on.
 */
export function contextOfUnrecorded(span: Span, parent: Context): Context | undefined {
  const { spanId } = span.spanContext();
  return spanId === INVALID_SPANID || spanId === trace.getSpanContext(parent)?.spanId
    ? undefined
    : trace.setSpan(parent, span);
}
