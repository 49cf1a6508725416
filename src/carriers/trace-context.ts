/**
 * Hands the trace context on by the application's own propagator, into a carrier that is made for it.
 */
import { propagation, type Context } from "@opentelemetry/api";
import { contain } from "../containment.ts";

/** The propagator's fields for a context; none where nothing is to be handed on. */
export function traceContextOf(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  contain("propagator", () => propagation.inject(context, carrier));
  return carrier;
}
