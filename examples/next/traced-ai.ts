/**
 * The AI SDK, traced, for routes of both runtimes. Its spans have a tracer provider of their own, because `@vercel/otel`
 * ends every open span when the span of the request ends, and an answer may go on after that.
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

/** What is flushed after an answer: its spans, and those of `@vercel/otel` for the requests to the model. */
export const tracerProviders = [tracerProvider, trace.getTracerProvider()];

export const { streamText } = wrapAISDK(ai, { tracerProvider });
