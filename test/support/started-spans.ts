/**
 * Registers OpenTelemetry in a service or a Worker under test, and keeps its spans.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { processorOf } from "./span-processor.ts";

/** @returns the spans, in the order of their start, because a server's span may end after its answer is read */
export function keepStartedSpans(): readonly ReadableSpan[] {
  const started: ReadableSpan[] = [];
  const keeping = processorOf({ onStart: (span) => void started.push(span) });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [keeping] }));
  return started;
}
