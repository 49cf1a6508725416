// Sets the OpenTelemetry SDK up as an application does.
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

export function createProvider({ exporter = new InMemorySpanExporter(), batch = false, ...options } = {}) {
  const processor = batch ? new BatchSpanProcessor(exporter) : new SimpleSpanProcessor(exporter);
  return new BasicTracerProvider({ spanProcessors: [processor], ...options });
}

export function register({ contextManager = true, ...options } = {}) {
  const provider = createProvider(options);
  trace.setGlobalTracerProvider(provider);
  if (contextManager) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
}

/** Sends to OTEL_EXPORTER_OTLP_ENDPOINT. */
export function registerOtlp(options) {
  return register({ exporter: new OTLPTraceExporter(), ...options });
}
