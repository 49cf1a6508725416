// What an application writes to switch each one on, as its documentation has it, at its defaults. Each sends to a server
// on this machine.
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { registerTelemetry } from "ai";
import { end, keep, recorder } from "./recorder.mjs";

const url = process.env.RECEIVER_URL;
const otlpExporter = () => new OTLPTraceExporter({ url: `${url}/v1/traces` });

/** @param first the processor that sends */
function registerProvider(first = new SimpleSpanProcessor(otlpExporter())) {
  const provider = new NodeTracerProvider({ spanProcessors: [first, recorder] });
  provider.register();
  return { flush: () => provider.forceFlush() };
}

async function registerSdkTelemetry() {
  const { OpenTelemetry } = await import("@ai-sdk/otel");
  registerTelemetry(new OpenTelemetry());
}

export const peers = {
  async "ai-spans"() {
    const { wrapAISDK } = await import("ai-spans");
    return { ...registerProvider(), wrap: wrapAISDK };
  },

  async "ai-spans-adapter"() {
    const { createAISDKTelemetry } = await import("ai-spans");
    registerTelemetry(createAISDKTelemetry());
    return registerProvider();
  },

  async "ai-sdk-otel"() {
    await registerSdkTelemetry();
    return registerProvider();
  },

  async sentry() {
    const Sentry = await import("@sentry/node");
    Sentry.init({ dsn: `${url.replace("//", "//key@")}/1`, tracesSampleRate: 1 });
    const client = Sentry.getClient();
    client.on("spanStart", (span) => keep(span.spanContext().spanId, () => readSentrySpan(span)));
    client.on("spanEnd", (span) => end(span.spanContext().spanId));
    return { flush: () => Sentry.flush() };
  },

  async langfuse() {
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    const { LangfuseVercelAiSdkIntegration } = await import("@langfuse/vercel-ai-sdk");
    registerTelemetry(new LangfuseVercelAiSdkIntegration());
    return registerProvider(new LangfuseSpanProcessor());
  },

  async langsmith() {
    const { Client } = await import("langsmith");
    const { wrapAISDK } = await import("langsmith/experimental/vercel");
    const client = new Client();
    return { wrap: (ai) => wrapAISDK(ai, { client }), flush: () => client.awaitPendingTraceBatches() };
  },

  async braintrust() {
    const { initLogger, wrapAISDK } = await import("braintrust");
    const logger = initLogger({ projectName: "rooms", apiKey: "none", appUrl: url });
    return { wrap: wrapAISDK, flush: () => logger.flush() };
  },

  async openinference() {
    const vercel = await import("@arizeai/openinference-vercel");
    await registerSdkTelemetry();
    return registerProvider(new vercel.OpenInferenceSimpleSpanProcessor({ exporter: otlpExporter() }));
  },

  async traceloop() {
    const traceloop = await import("@traceloop/node-server-sdk");
    traceloop.initialize({ appName: "rooms", disableBatch: true, processor: recorder });
    await registerSdkTelemetry();
    return { flush: () => traceloop.forceFlush() };
  },
};

/** Sentry's spans are no spans of OpenTelemetry. */
function readSentrySpan(span) {
  const { name, parent_span_id, status, attributes } = span.getSpanJSON();
  return { name, parent: parent_span_id, isError: status === "error", attributes };
}
