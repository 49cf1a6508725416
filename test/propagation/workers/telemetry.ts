/**
 * The OpenTelemetry SDK of a Worker under test.
 */
import { trace } from "@opentelemetry/api";
import { toSent } from "../../support/sent-span.ts";
import { keepStartedSpans } from "../../support/started-spans.ts";

const started = keepStartedSpans();

export const tracer = trace.getTracer("application");

/** Sends the spans as JSON, in the order of their start. */
export function sendSpans(): Response {
  return Response.json(started.map(toSent));
}
