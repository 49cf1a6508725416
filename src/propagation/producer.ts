/** The span of a sender: what a queue's receivers link to. */
import { SpanKind, type Attributes, type TracerProvider } from "@opentelemetry/api";
import { activeContext } from "../spans/context.ts";
import { runInSpan } from "./handover-span.ts";
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
 * returns or throws is what the caller gets.
 */
export function withProducerSpan<T>(options: ProducerOptions, send: () => T): T {
  const { name, carrier, attributes, tracerProvider, context = activeContext(), ...injection } = options;
  const start = { name, kind: SpanKind.PRODUCER, context, tracerProvider };
  return runInSpan(attributes ? { ...start, attributes } : start, (active) => {
    if (carrier !== undefined) injectContext(carrier, { ...injection, context: active });
    return send();
  });
}
