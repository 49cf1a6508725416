// The program's OpenTelemetry SDK. It is not loaded if the neighbor has its own SDK, which may be of another major.
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { recorder } from "./recorder.mjs";

/**
 * Sets OpenTelemetry up as an application without an APM does.
 * @param spanProcessors those of a neighbor
 */
export function registerOpenTelemetry(...spanProcessors) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [recorder, ...spanProcessors] }));
}
