import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";

const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
const provider = new BasicTracerProvider({ spanProcessors });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(provider);
registerTelemetry(createAISDKTelemetry());

process.once("SIGTERM", () => void provider.shutdown().finally(() => process.exit()));
