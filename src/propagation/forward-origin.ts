/**
 * Forwards work of a run: writes the active context and the origin of the run to a carrier.
 */
import { ROOT_CONTEXT, trace, type SpanContext, type TextMapPropagator } from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { originOf, prefixedCarrier } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { injectInto, writableCarrier, type PropagationOptions } from "./remote-context.ts";

/**
 * Writes the trace context of work that is sent on, or sent back to its queue. Writes the active context as
 * `injectContext` does, and also the unchanged origin of the run. Never throws.
 *
 * Outside of `withLinkedTrace` there is no origin. Then the next receiver uses this sender as the origin.
 *
 * @param carrier is changed in place
 * @returns the same carrier
 *
 * @example
 * await queue.add(job.name, forwardOrigin({ ...job.data }, { as: carriers.envelope }));
 */
export function forwardOrigin<T>(carrier: T, options: PropagationOptions = {}): T {
  contain("forwardOrigin", () => {
    const bound = writableCarrier(carrier, options.as);
    if (!bound) return;
    const propagator = propagatorFor(options.propagator);
    const local = options.context ?? activeContext();
    injectInto(bound, local, propagator);
    const origin = originOf(local);
    if (origin) writeOrigin(bound, origin, propagator);
  });
  return carrier;
}

function writeOrigin(bound: BoundCarrier, origin: SpanContext, propagator: TextMapPropagator): void {
  const prefixed = prefixedCarrier(bound);
  for (const field of propagator.fields()) prefixed.remove(prefixed.carrier, field);
  propagator.inject(trace.setSpanContext(ROOT_CONTEXT, origin), prefixed.carrier, prefixed.setter);
}
