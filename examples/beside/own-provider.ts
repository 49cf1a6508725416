// Gives the AI spans a separate tracer provider. It sends them to the same place as the application's spans.
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";

// The exporter reads OTEL_EXPORTER_OTLP_ENDPOINT.
export const tracerProvider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "bookings" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});

export const { generateText, streamText } = wrapAISDK(ai, { tracerProvider });
