/**
 * The span of a sender, to which the receivers of a queue link.
 */
import { SpanKind, type Attributes, type TracerProvider } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { withSpan, type NewSpan } from "./with-span.ts";
import { injectContext, type PropagationOptions } from "./remote-context.ts";

/** The options of `withProducerSpan`. */
export interface ProducerOptions extends PropagationOptions {
  /** Name of the span, such as `send bookings`. Low cardinality: use few different names. */
  readonly name: string;
  /**
   * The carrier into which the span is injected before `send` runs. Default: none. Then `send` must call
   * `injectContext`.
   */
  readonly carrier?: unknown;
  /** More attributes of the span. Default: none. */
  readonly attributes?: Attributes;
  /** The provider that starts the span. Default: the provider registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Runs `send` in a span of kind PRODUCER, which is a child of the active span. Injects the span into `carrier`. The
 * span ends when the promise of `send` settles, or at once if `send` returns any other value.
 *
 * @returns what `send` returns. A promise is replaced by one that settles in the same way.
 * @throws what `send` throws, and nothing else
 *
 * @example
 * await withProducerSpan({ name: "send bookings", carrier: message }, () => producer.send(message));
 */
export function withProducerSpan<T>(options: ProducerOptions, send: () => T): T {
  const start = contain("withProducerSpan", () => producerStart(options));
  if (!start) return send();
  return withSpan(start, (context) => {
    contain("withProducerSpan", () => {
      const { carrier, as, propagator } = options;
      if (carrier !== undefined) {
        injectContext(carrier, { context, ...(as && { as }), ...(propagator && { propagator }) });
      }
    });
    return send();
  });
}

function producerStart(options: ProducerOptions): NewSpan {
  const { name, attributes, tracerProvider, context = activeContext() } = options;
  const start = { name, kind: SpanKind.PRODUCER, context, tracerProvider };
  return attributes ? { ...start, attributes } : start;
}
