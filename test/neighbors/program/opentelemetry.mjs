// The program's OpenTelemetry SDK. Not loaded where the neighbor brings its own, maybe of another major.
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { recorder } from "./recorder.mjs";

/**
 * As an application sets OpenTelemetry up that has no APM to do it.
 * @param spanProcessors a neighbor's
 */
export function registerOpenTelemetry(...spanProcessors) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [recorder, ...spanProcessors] }));
}
