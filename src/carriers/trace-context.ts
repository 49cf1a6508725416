/**
 * Injects and extracts the trace context with the propagator that the application has registered.
 */
import { propagation, trace, type Context, type Span } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";
import type { CarrierPair } from "./carrier.ts";

/** The fields that the propagator writes for a context; an empty record where it writes none. */
export function injectedFields(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  contain("propagator", () => propagation.inject(context, carrier));
  return carrier;
}

/**
 * The active context with what the source carries. A span that has ended is removed: it must not be the parent of
 * later work.
 */
export function extractedContext(source: unknown, { getter }: CarrierPair, active: Context): Context {
  const local = withoutEndedSpan(active);
  return contain("propagator", () => propagation.extract(local, source, getter)) ?? local;
}

/** The same context, without its span where that span has ended. */
export function withoutEndedSpan(active: Context): Context {
  return hasEnded(trace.getSpan(active)) ? trace.deleteSpan(active) : active;
}

/** The spans of OpenTelemetry's SDKs have `ended`. A span without it, such as a remote one, counts as open. */
function hasEnded(span: Span | undefined): boolean {
  return asRecord(span)?.ended === true;
}
