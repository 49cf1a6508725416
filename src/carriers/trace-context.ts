/**
 * Injects and extracts the trace context with the propagator that the application has registered.
 */
import { propagation, trace, type Context, type Span } from "@opentelemetry/api";
import { contain, warnOnce } from "../foundation/containment.ts";
import { asRecord } from "../foundation/structure.ts";
import type { CarrierPair } from "./carrier.ts";

/** The fields that the propagator writes for a context. The record is empty if it writes none. */
export function injectedFields(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  contain("propagator", () => {
    propagation.inject(context, carrier);
    if (trace.getSpan(context)) checkPropagator();
  });
  return carrier;
}

/** Warns once if no propagator is registered. The API then writes and reads nothing. */
function checkPropagator(): void {
  if (propagation.fields().length > 0) return;
  warnOnce(
    "MCP calls carry no trace context, because no propagator is registered: call propagation.setGlobalPropagator, as NodeSDK does, in the client and in the server",
  );
}

/**
 * The active context with the trace context of the source. A span of the active context that has ended is removed,
 * because it must not be the parent of later work.
 */
export function extractedContext(source: unknown, { getter }: CarrierPair, active: Context): Context {
  const local = withoutEndedSpan(active);
  const extracted = contain("propagator", () => {
    if (getter.get(source, "traceparent") !== undefined) checkPropagator();
    return propagation.extract(local, source, getter);
  });
  return extracted ?? local;
}

/** The same context, but without its span if that span has ended. */
export function withoutEndedSpan(active: Context): Context {
  return hasEnded(trace.getSpan(active)) ? trace.deleteSpan(active) : active;
}

/**
 * Whether a span has ended. Spans of OpenTelemetry's SDKs have the property `ended`. A span without it, such as a
 * remote one, counts as open.
 */
function hasEnded(span: Span | undefined): boolean {
  return asRecord(span)?.ended === true;
}
