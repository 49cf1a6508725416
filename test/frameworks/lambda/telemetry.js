import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";
import { createServerlessSpanProcessor } from "ai-spans/serverless";

const spanProcessors = [createServerlessSpanProcessor(new OTLPTraceExporter(), BatchSpanProcessor)];
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
registerTelemetry(createAISDKTelemetry());
