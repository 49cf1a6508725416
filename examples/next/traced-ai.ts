/**
 * The wrapped AI SDK for the routes of both runtimes. Its spans have a separate tracer provider, because `@vercel/otel`
 * ends every open span when the span of the request ends. An answer may continue after that.
 */
import { trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OTLPHttpJsonTraceExporter } from "@vercel/otel";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { createServerlessSpanProcessor } from "ai-spans/serverless";

const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "http://localhost:4318";
// This exporter sends with `fetch`, which both runtimes have.
const exporter = new OTLPHttpJsonTraceExporter({ url: `${endpoint}/v1/traces` });
const tracerProvider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "bookings" }),
  spanProcessors: [createServerlessSpanProcessor(exporter, BatchSpanProcessor)],
});

/**
 * The providers to flush after an answer: one has the AI spans, the other the spans of `@vercel/otel` for requests to
 * the model.
 */
export const tracerProviders = [tracerProvider, trace.getTracerProvider()];

export const { streamText } = wrapAISDK(ai, { tracerProvider });
