/**
 * The OpenTelemetry SDK of the application: small batches, for a function may freeze at any moment.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createServerlessSpanProcessor } from "ai-spans/serverless";

export function registerTelemetry(): void {
  const spanProcessors = [createServerlessSpanProcessor(new OTLPTraceExporter(), BatchSpanProcessor)];
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
}
