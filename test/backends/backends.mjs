// What an application writes for each backend, as docs/guide/backends.md shows it. BACKEND chooses one.
import { createRequire } from "node:module";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** Registers a provider with the backend's processor after the recorder, which changes nothing. */
function register(recorder, ...spanProcessors) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new BasicTracerProvider({ spanProcessors: [recorder, ...spanProcessors] });
  trace.setGlobalTracerProvider(provider);
  return { flush: () => provider.forceFlush() };
}

const openInference = async ({ url, recorder }, options) => {
  const { OpenInferenceBatchSpanProcessor } = await import("@arizeai/openinference-vercel");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  return register(recorder, new OpenInferenceBatchSpanProcessor({ exporter, ...options }));
};

const braintrust = async ({ url, recorder }, options) => {
  const { BraintrustSpanProcessor } = await import("@braintrust/otel");
  const parent = "project_name:bookings";
  return register(recorder, new BraintrustSpanProcessor({ apiKey: "none", apiUrl: url, parent, ...options }));
};

export const backends = {
  async otlp({ url, recorder }) {
    const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-proto");
    return register(recorder, new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` })));
  },
  async langfuse({ recorder }) {
    const { LangfuseSpanProcessor } = await import("@langfuse/otel");
    return register(recorder, new LangfuseSpanProcessor());
  },
  openinference: (app) => openInference(app, {}),
  async "openinference, filtered"(app) {
    const { isOpenInferenceSpan } = await import("@arizeai/openinference-vercel");
    return openInference(app, { spanFilter: isOpenInferenceSpan });
  },
  async phoenix({ url, recorder }) {
    const phoenix = await import("@arizeai/phoenix-otel");
    const processor = phoenix.getDefaultSpanProcessor({ url, apiKey: "none" });
    phoenix.register({ projectName: "bookings", spanProcessors: [recorder, processor] });
    return { flush: () => processor.forceFlush() };
  },
  async posthog({ url, recorder }) {
    const { PostHogSpanProcessor } = await import("@posthog/ai/otel");
    return register(recorder, new PostHogSpanProcessor({ projectToken: "phc_none", host: url }));
  },
  braintrust: (app) => braintrust(app, {}),
  "braintrust, filtered": (app) => braintrust(app, { filterAISpans: true }),
  async "langsmith processor"({ recorder }) {
    const { LangSmithOTLPSpanProcessor } = await import("langsmith/experimental/otel/processor");
    const { LangSmithOTLPTraceExporter } = await import("langsmith/experimental/otel/exporter");
    return register(recorder, new LangSmithOTLPSpanProcessor(new LangSmithOTLPTraceExporter()));
  },
  async "langsmith exporter"({ recorder }) {
    const { LangSmithOTLPTraceExporter } = await import("langsmith/experimental/otel/exporter");
    return register(recorder, new BatchSpanProcessor(new LangSmithOTLPTraceExporter()));
  },
  async traceloop({ recorder }) {
    const traceloop = await import("@traceloop/node-server-sdk");
    traceloop.initialize({ appName: "bookings", processor: recorder });
    return { flush: () => traceloop.forceFlush() };
  },
  async datadog({ url, recorder }) {
    process.env.DD_TRACE_AGENT_URL = url;
    process.env.DD_TRACE_OTEL_ENABLED = "true";
    process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = "false";
    process.env.DD_REMOTE_CONFIGURATION_ENABLED = "false";
    const { default: tracer } = await import("dd-trace");
    // Only the spans of OpenTelemetry.
    tracer.init({ plugins: false, flushInterval: 0 });
    const provider = new tracer.TracerProvider();
    provider.addSpanProcessor(recorder);
    provider.register();
    return { flush: () => provider.forceFlush() };
  },
  async honeycomb({ url, recorder }) {
    const { HoneycombSDK } = await import("@honeycombio/opentelemetry-node");
    const sdk = new HoneycombSDK({
      apiKey: "none",
      endpoint: url,
      protocol: "http/protobuf",
      spanProcessor: recorder,
    });
    sdk.start();
    // A span by the copy of OpenTelemetry's API that the distribution brings.
    const path = createRequire(import.meta.url).resolve("@honeycombio/opentelemetry-node");
    createRequire(path)("@opentelemetry/api").trace.getTracer("program").startSpan("control").end();
    return { flush: () => sdk.shutdown() };
  },
  async sentry({ url, recorder }) {
    const Sentry = await import("@sentry/node");
    const dsn = `${url.replace("//", "//key@")}/1`;
    const client = Sentry.init({
      dsn,
      tracesSampleRate: 1,
      enableOpenTelemetrySetup: true,
      // Without Sentry's own spans of the AI SDK.
      integrations: (defaults) => defaults.filter(({ name }) => name !== "VercelAI"),
    });
    // Sentry's provider takes no processors. Its client says when a span starts and ends. Those of Sentry's own
    // instrumentations have another origin: that of a request whose stream is left never ends.
    const spans = new Map();
    client.on("spanStart", (span) => {
      if (Sentry.spanToJSON(span).attributes["sentry.origin"] !== "manual") return;
      const spanContext = () => span.spanContext();
      const kept = { ended: false, spanContext };
      spans.set(span.spanContext().spanId, kept);
      recorder.onStart(kept);
    });
    client.on("spanEnd", (span) => {
      const kept = spans.get(span.spanContext().spanId);
      if (kept === undefined) return;
      const { name, attributes } = Sentry.spanToJSON(span);
      recorder.onEnd(Object.assign(kept, { ended: true, name, attributes }));
    });
    return { flush: () => Sentry.flush() };
  },
};
