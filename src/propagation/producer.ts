/** The span of a sender: what a queue's receivers link to. */
import { SpanKind, type Attributes, type TracerProvider } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { runInSpan, type HandoverStart } from "./handover-span.ts";
import { injectContext, type PropagationOptions } from "./remote-context.ts";

export interface ProducerOptions extends PropagationOptions {
  /** Name of the span: low cardinality, such as `send bookings`. */
  readonly name: string;
  /** Written to, as by `injectContext`, before `send` runs. Default: `send` does it. */
  readonly carrier?: unknown;
  readonly attributes?: Attributes;
  /** Where the span goes. Default: the provider registered with `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Runs `send` in a span of kind PRODUCER, a child of the active one, and writes that span into the carrier. What `send`
 * returns or throws is what the caller gets; of a promise another one that settles as it does.
 */
export function withProducerSpan<T>(options: ProducerOptions, send: () => T): T {
  const start = contain("withProducerSpan", () => producerStart(options));
  if (!start) return send();
  return runInSpan(start, (context) => {
    contain("withProducerSpan", () => {
      const { carrier, as, propagator } = options;
      if (carrier !== undefined) {
        injectContext(carrier, { context, ...(as && { as }), ...(propagator && { propagator }) });
      }
    });
    return send();
  });
}

function producerStart(options: ProducerOptions): HandoverStart {
  const { name, attributes, tracerProvider, context = activeContext() } = options;
  const start = { name, kind: SpanKind.PRODUCER, context, tracerProvider };
  return attributes ? { ...start, attributes } : start;
}
