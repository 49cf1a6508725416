/**
 * What a backend's own span processor or exporter does with the spans of ai-spans. Data only. `test/backends` runs each
 * package and compares what arrives with it.
 */

export interface BackendPackage {
  /** The name in test/backends/backends.mjs. */
  readonly variant: string;
  readonly backend: string;
  readonly package: string;
  readonly version: string;
  /** What the package sends: every span, those of ai-spans, or none of ai-spans. */
  readonly sends: "every span" | "the spans of ai-spans" | "no span of ai-spans";
  /** The path to which it sends spans. */
  readonly path?: string;
  /** Keys that arrive in addition, by the operation of the span. */
  readonly adds: Readonly<Partial<Record<"invoke_agent" | "chat" | "execute_tool", readonly string[]>>>;
  /** Keys of ai-spans that do not arrive. */
  readonly drops?: readonly string[];
  /** `false`: ai-spans never gets its tracer provider, so there are no spans. */
  readonly records?: false;
  /** What the reader needs to know. */
  readonly note: string;
  /** How it is switched on so that the spans arrive. */
  readonly snippet: string;
}

const OPENINFERENCE = {
  invoke_agent: [
    "agent.name",
    "llm.finish_reason",
    "llm.invocation_parameters",
    "llm.model_name",
    "llm.token_count.completion",
    "llm.token_count.prompt",
    "llm.token_count.total",
    "openinference.span.kind",
  ],
  chat: [
    "llm.finish_reason",
    "llm.invocation_parameters",
    "llm.model_name",
    "llm.provider",
    "llm.system",
    "llm.token_count.completion",
    "llm.token_count.prompt",
    "llm.token_count.total",
    "openinference.span.kind",
  ],
  execute_tool: ["agent.name", "openinference.span.kind", "tool.name", "tool_call.id"],
} as const;

const BRAINTRUST = {
  invoke_agent: ["braintrust.context_json"],
  chat: ["braintrust.context_json"],
  execute_tool: ["braintrust.context_json"],
} as const;

/** Facts of the process and of the SDK, which Sentry adds to every span. */
const SENTRY = [
  "sentry.environment",
  "sentry.is_localhost",
  "sentry.origin",
  "sentry.sdk.name",
  "sentry.sdk.version",
  "sentry.segment.id",
  "sentry.segment.name",
  "sentry.trace_lifecycle",
] as const;

/** What dd-trace adds to every span. */
const DATADOG = [
  "_dd.integration",
  "_sampling_priority_v1",
  "language",
  "process_id",
  "runtime-id",
  "service",
  "span.kind",
] as const;

const langfuse = `import { LangfuseSpanProcessor } from "@langfuse/otel";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

// The keys are in LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY.
export const provider = new BasicTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] });`;

const openInference = (
  options: string,
  names: string,
): string => `import { ${names} } from "@arizeai/openinference-vercel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

const exporter = new OTLPTraceExporter({ url: "http://localhost:6006/v1/traces" });
export const provider = new BasicTracerProvider({
  spanProcessors: [new OpenInferenceBatchSpanProcessor({ exporter${options} })],
});`;

const braintrust = (options: string): string => `import { BraintrustSpanProcessor } from "@braintrust/otel";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

// The key is in BRAINTRUST_API_KEY.
export const provider = new BasicTracerProvider({
  spanProcessors: [new BraintrustSpanProcessor({ parent: "project_name:bookings"${options} })],
});`;

export const packages: readonly BackendPackage[] = [
  {
    variant: "langfuse",
    backend: "Langfuse",
    package: "@langfuse/otel",
    version: "5.11.1",
    sends: "the spans of ai-spans",
    path: "/api/public/otel/v1/traces",
    adds: { invoke_agent: ["langfuse.internal.is_app_root"] },
    note: "Its default filter keeps spans with an attribute that begins with `gen_ai.`. So a run whose parent is a span of your program is a root there.",
    snippet: langfuse,
  },
  {
    variant: "openinference",
    backend: "Phoenix (Arize)",
    package: "@arizeai/openinference-vercel",
    version: "3.2.1",
    sends: "every span",
    path: "/v1/traces",
    adds: OPENINFERENCE,
    note: "It copies names, model, tokens and finish reasons to the keys of OpenInference, and sets the status OK where there is none: a canceled run then is OK. It knows no session: `gen_ai.conversation.id` stays under its own key.",
    snippet: openInference("", "OpenInferenceBatchSpanProcessor"),
  },
  {
    variant: "openinference, filtered",
    backend: "Phoenix (Arize)",
    package: "@arizeai/openinference-vercel",
    version: "3.2.1",
    sends: "the spans of ai-spans",
    path: "/v1/traces",
    adds: OPENINFERENCE,
    note: "The same with its filter `isOpenInferenceSpan`. A run below a span of your program then has a parent that Phoenix never gets.",
    snippet: openInference(
      ", spanFilter: isOpenInferenceSpan",
      "isOpenInferenceSpan, OpenInferenceBatchSpanProcessor",
    ),
  },
  {
    variant: "phoenix",
    backend: "Phoenix (Arize)",
    package: "@arizeai/phoenix-otel",
    version: "2.1.0",
    sends: "every span",
    path: "/v1/traces",
    adds: OPENINFERENCE,
    note: "It contains the processor of `@arizeai/openinference-vercel`.",
    snippet: `import { register } from "@arizeai/phoenix-otel";

export const provider = register({ projectName: "bookings", url: "http://localhost:6006" });`,
  },
  {
    variant: "posthog",
    backend: "PostHog",
    package: "@posthog/ai",
    version: "8.13.1",
    sends: "the spans of ai-spans",
    path: "/i/v0/ai/otel",
    adds: {},
    note: "It sends spans whose name or attributes begin with `gen_ai.`, `llm.`, `ai.` or `traceloop.`.",
    snippet: `import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { PostHogSpanProcessor } from "@posthog/ai/otel";

const processor = new PostHogSpanProcessor({ projectToken: "phc_…", host: "https://us.i.posthog.com" });
export const provider = new BasicTracerProvider({ spanProcessors: [processor] });`,
  },
  {
    variant: "braintrust",
    backend: "Braintrust",
    package: "@braintrust/otel",
    version: "1.0.1",
    sends: "every span",
    path: "/otel/v1/traces",
    adds: BRAINTRUST,
    note: "By default it filters nothing.",
    snippet: braintrust(""),
  },
  {
    variant: "braintrust, filtered",
    backend: "Braintrust",
    package: "@braintrust/otel",
    version: "1.0.1",
    sends: "the spans of ai-spans",
    path: "/otel/v1/traces",
    adds: BRAINTRUST,
    note: "The same with `filterAISpans: true`.",
    snippet: braintrust(", filterAISpans: true"),
  },
  {
    variant: "langsmith processor",
    backend: "LangSmith",
    package: "langsmith",
    version: "0.12.0",
    sends: "no span of ai-spans",
    adds: {},
    note: "**It drops them all.** Its `LangSmithOTLPSpanProcessor` keeps spans that the AI SDK's own telemetry or LangSmith has made. Use its exporter in a processor of OpenTelemetry, as in the next row.",
    snippet: `import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { LangSmithOTLPTraceExporter } from "langsmith/experimental/otel/exporter";
import { LangSmithOTLPSpanProcessor } from "langsmith/experimental/otel/processor";

// Sends no span of ai-spans.
const processor = new LangSmithOTLPSpanProcessor(new LangSmithOTLPTraceExporter());
export const provider = new BasicTracerProvider({ spanProcessors: [processor] });`,
  },
  {
    variant: "langsmith exporter",
    backend: "LangSmith",
    package: "langsmith",
    version: "0.12.0",
    sends: "every span",
    path: "/otel/v1/traces",
    adds: {},
    note: "Its exporter alone changes nothing and needs only LANGSMITH_API_KEY.",
    snippet: `import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { LangSmithOTLPTraceExporter } from "langsmith/experimental/otel/exporter";

const processor = new BatchSpanProcessor(new LangSmithOTLPTraceExporter());
export const provider = new BasicTracerProvider({ spanProcessors: [processor] });`,
  },
  {
    variant: "datadog",
    backend: "Datadog",
    package: "dd-trace",
    version: "5.132.0",
    sends: "every span",
    path: "/v0.4/traces",
    adds: {
      invoke_agent: DATADOG,
      chat: ["_dd.integration", "_dd.measured", ...DATADOG.slice(1)],
      execute_tool: DATADOG,
    },
    drops: ["gen_ai.response.finish_reasons"],
    note: "dd-trace as OpenTelemetry's provider, with DD_TRACE_OTEL_ENABLED. It drops lists of strings, so there are no finish reasons. A boolean becomes the number 1: ask for `ai_spans.cancel.cause` instead of `ai_spans.canceled`. The name of the span is Datadog's resource.",
    snippet: `import tracer from "dd-trace";

// Start the process with DD_TRACE_OTEL_ENABLED=true.
tracer.init();
new tracer.TracerProvider().register();`,
  },
  {
    variant: "honeycomb",
    backend: "Honeycomb",
    package: "@honeycombio/opentelemetry-node",
    version: "0.7.2",
    sends: "no span of ai-spans",
    records: false,
    adds: {},
    note: "**There are no spans.** The distribution brings OpenTelemetry's SDK 1.22 and a copy of its API, 1.8. It registers its provider with that copy, and ai-spans needs API 1.9. Use OpenTelemetry's exporter with the variables above.",
    snippet: `import { HoneycombSDK } from "@honeycombio/opentelemetry-node";

// ai-spans gets no provider from it.
new HoneycombSDK({ serviceName: "bookings" }).start();`,
  },
  {
    variant: "sentry",
    backend: "Sentry",
    package: "@sentry/node",
    version: "11.12.0",
    sends: "every span",
    path: "/api/1/envelope/",
    adds: {
      invoke_agent: SENTRY,
      chat: [...SENTRY, "sentry.kind"].toSorted(),
      execute_tool: SENTRY,
    },
    note: "Sentry's provider, which `enableOpenTelemetrySetup` registers. Sentry traces the AI SDK by itself as well: without its integration each call has one set of spans.",
    snippet: `import * as Sentry from "@sentry/node";

Sentry.init({
  dsn: process.env["SENTRY_DSN"],
  tracesSampleRate: 1,
  enableOpenTelemetrySetup: true,
  integrations: (defaults) => defaults.filter(({ name }) => name !== "VercelAI"),
});`,
  },
  {
    variant: "traceloop",
    backend: "Traceloop",
    package: "@traceloop/node-server-sdk",
    version: "0.27.0",
    sends: "every span",
    path: "/v1/traces",
    adds: {},
    note: "It registers a provider of its own, sends to TRACELOOP_BASE_URL, and changes nothing on the spans of ai-spans.",
    snippet: `import * as traceloop from "@traceloop/node-server-sdk";

traceloop.initialize({ appName: "bookings" });`,
  },
];
