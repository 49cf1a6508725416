// What an application writes for each of these neighbors, as their documentation states it. NEIGHBOR chooses one.
import { trace } from "@opentelemetry/api";
import { registerOpenTelemetry } from "./opentelemetry.mjs";
import { recorder } from "./recorder.mjs";

const url = process.env.NEIGHBOR_URL;

/** AI SDK 5 and 6 record spans if a call asks for them. On 7 the neighbors are registered. */
const isAskedPerCall = process.env.TELEMETRY === "per call";
const callParameters = isAskedPerCall ? { experimental_telemetry: { isEnabled: true } } : {};

async function registerOtelIntegration({ ai }) {
  if (isAskedPerCall) return;
  const { OpenTelemetry } = await import("@ai-sdk/otel");
  ai.registerTelemetry(new OpenTelemetry());
}

/** A neighbor that is a span processor of the application's provider. */
function spanProcessor({ create, register = registerOtelIntegration }) {
  let processor;
  return {
    registersOpenTelemetry: true,
    parameters: callParameters,
    async start(packages) {
      processor = await create();
      registerOpenTelemetry(processor);
      await register(packages);
    },
    flush: () => processor.forceFlush(),
  };
}

const otlpExporter = async () => {
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  return new OTLPTraceExporter({ url: `${url}/v1/traces` });
};

async function langSmith() {
  const { Client } = await import("langsmith");
  const client = new Client();
  return { client, flush: () => client.awaitPendingTraceBatches() };
}

async function braintrust() {
  const { initLogger } = await import("braintrust");
  const logger = initLogger({ projectName: "bookings", apiKey: "none", appUrl: url });
  return { flush: () => logger.flush() };
}

async function registerLangfuse({ ai }) {
  if (isAskedPerCall) return;
  const { LangfuseVercelAiSdkIntegration } = await import("@langfuse/vercel-ai-sdk");
  ai.registerTelemetry(new LangfuseVercelAiSdkIntegration());
}

const langfuse = (options = {}, register = registerLangfuse) =>
  spanProcessor({
    async create() {
      const { LangfuseSpanProcessor } = await import("@langfuse/otel");
      return new LangfuseSpanProcessor(options);
    },
    register,
  });

const neighbors = {
  "@vercel/otel beside a provider of our own": vercelBesideOwnProvider,
  "the SDK's own telemetry": () => ({ parameters: callParameters }),
  "the SDK's own telemetry, by a tracer": () => ({
    parameters: { experimental_telemetry: { isEnabled: true, tracer: trace.getTracer("bookings") } },
  }),
  "@ai-sdk/otel": () => ({ start: registerOtelIntegration }),
  langfuse: () => langfuse(),
  "langfuse without ai-spans": () =>
    langfuse({ shouldExportSpan: ({ otelSpan }) => otelSpan.instrumentationScope.name !== "ai-spans" }),
  "langfuse for ai-spans alone": () => ({ ...langfuse({}, () => {}), parameters: {} }),
  openinference: () =>
    spanProcessor({
      async create() {
        const vercel = await import("@arizeai/openinference-vercel");
        return new vercel.OpenInferenceSimpleSpanProcessor({
          exporter: await otlpExporter(),
          spanFilter: vercel.isOpenInferenceSpan,
        });
      },
    }),
  "posthog spans": () =>
    spanProcessor({
      async create() {
        const { PostHogSpanProcessor } = await import("@posthog/ai/otel");
        return new PostHogSpanProcessor({ projectToken: "phc_none", host: url });
      },
    }),
  async "posthog model"() {
    const { PostHog } = await import("posthog-node");
    const { withTracing } = await import("@posthog/ai/vercel");
    const client = new PostHog("phc_none", { host: url });
    return {
      wrapModel: (model) => withTracing(model, client, { posthogDistinctId: "user" }),
      flush: () => client.shutdown(),
    };
  },
  async "langsmith wrapper"() {
    const { client, flush } = await langSmith();
    const { wrapAISDK } = await import("langsmith/experimental/vercel");
    return { wrapSdk: (ai) => wrapAISDK(ai, { client }), flush };
  },
  async "langsmith telemetry"() {
    const { client, flush } = await langSmith();
    const { LangSmithTelemetry } = await import("langsmith/experimental/vercel");
    return { start: ({ ai }) => ai.registerTelemetry(LangSmithTelemetry({ client })), flush };
  },
  "langsmith spans": () =>
    spanProcessor({
      async create() {
        const { LangSmithOTLPSpanProcessor } = await import("langsmith/experimental/otel/processor");
        const { LangSmithOTLPTraceExporter } = await import("langsmith/experimental/otel/exporter");
        return new LangSmithOTLPSpanProcessor(new LangSmithOTLPTraceExporter());
      },
    }),
  async "braintrust wrapper"() {
    const { wrapAISDK } = await import("braintrust");
    return { ...(await braintrust()), wrapSdk: wrapAISDK };
  },
  async "braintrust telemetry"() {
    const { braintrustAISDKTelemetry } = await import("braintrust");
    return { ...(await braintrust()), start: ({ ai }) => ai.registerTelemetry(braintrustAISDKTelemetry()) };
  },
  "braintrust hook": braintrust,
  "@vercel/otel": () => ({
    registersOpenTelemetry: true,
    async start() {
      const { registerOTel } = await import("@vercel/otel");
      registerOTel({ serviceName: "bookings", spanProcessors: ["auto", recorder] });
    },
    flush: () => trace.getTracerProvider().getDelegate().forceFlush(),
  }),
};

/** The application passes ai-spans a separate provider, which sends to the same URL. */
async function vercelBesideOwnProvider() {
  const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
  const batches = new BatchSpanProcessor(await otlpExporter());
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [recorder, batches] });
  const vercel = neighbors["@vercel/otel"]();
  return {
    ...vercel,
    options: { tracerProvider },
    flush: () => Promise.all([vercel.flush(), tracerProvider.forceFlush()]),
  };
}

const chosen = await neighbors[process.env.NEIGHBOR]();
export const { registersOpenTelemetry, start, wrapSdk, wrapModel, parameters, options, flush } = chosen;
