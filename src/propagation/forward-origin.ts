/**
 * Sending on behalf of a run: the active context as ever, and the origin of the run beside it.
 */
import { ROOT_CONTEXT, trace, type SpanContext, type TextMapPropagator } from "@opentelemetry/api";
import type { BoundCarrier } from "../carriers/carrier.ts";
import { contain } from "../foundation/containment.ts";
import { activeContext } from "../spans/context.ts";
import { originOf, prefixedCarrier } from "./origin.ts";
import { propagatorFor } from "./propagator.ts";
import { injectInto, writableCarrier, type PropagationOptions } from "./remote-context.ts";

/**
 * Hands work on, or back to its queue: writes the active context as `injectContext` does, and beside it the origin of
 * the run that `withLinkedTrace` is in, unchanged. Outside of one there is no origin, and the next receiver takes this
 * sender for it. Never throws.
 *
 * @param carrier is changed in place
 * @returns the same carrier
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
