/** Backends for traces of any kind. */
import { OURS, type Backend } from "./backend.ts";

export const tracingBackends: readonly Backend[] = [
  {
    name: "Jaeger",
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318", OTEL_METRICS_EXPORTER: "none" },
    setup: { text: "Jaeger listens for OTLP by HTTP on port 4318, without a header." },
    semconv: "latest",
    why: {
      text: "Its page of a trace reads `gen_ai.operation.name`, which has the same name in every version.",
      source:
        "https://github.com/jaegertracing/jaeger-ui/blob/0609514ec91582fdb054acad7bc1653d6c9cd457/packages/jaeger-ui/src/utils/genai/detect.ts",
    },
    shows: [
      {
        text: "It classifies spans as agent (`invoke_agent`), model call (`chat`, `embeddings`, `generate_content`) and tool (`execute_tool`). `rerank` counts as other GenAI.",
        source:
          "https://github.com/jaegertracing/jaeger-ui/blob/0609514ec91582fdb054acad7bc1653d6c9cd457/packages/jaeger-ui/src/utils/genai/detect.ts",
      },
      {
        text: "A summary of the trace has the numbers of agents, model calls, tool calls and failed spans, and the tokens.",
        source:
          "https://github.com/jaegertracing/jaeger-ui/blob/1439fb7b32214d3c656827ce2205bd400857886c/packages/jaeger-ui/src/utils/genai/execution-summary.ts",
      },
    ],
    empty: {
      text: "The messages of a model call, and the arguments and the result of a tool.",
      source: OURS,
    },
    tokens: {
      text: "The summary adds up model calls only. The sum on the run is not counted again.",
      source:
        "https://github.com/jaegertracing/jaeger-ui/blob/1439fb7b32214d3c656827ce2205bd400857886c/packages/jaeger-ui/src/utils/genai/execution-summary.ts",
    },
    language: "the field Tags of the search",
    queries: [
      {
        asks: "canceled runs",
        text: "gen_ai.operation.name=invoke_agent ai_spans.canceled=true",
      },
      { asks: "model calls that the provider refused", text: "gen_ai.operation.name=chat error.type=429" },
    ],
  },
  {
    name: "Tempo",
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318", OTEL_METRICS_EXPORTER: "none" },
    setup: { text: "Tempo listens where its `distributor.receivers.otlp` says, usually on port 4318." },
    semconv: "latest",
    why: {
      text: "It has no names of its own: any attribute can be searched.",
      source:
        "https://github.com/grafana/tempo/blob/0183c3618a992844ff0d93ac8032ee991b8c6d4a/docs/sources/tempo/traceql/metrics-queries/functions.md",
    },
    shows: [
      {
        text: "Traces as trees, and any attribute in TraceQL. It groups and takes percentiles by any numeric attribute.",
        source:
          "https://github.com/grafana/tempo/blob/0183c3618a992844ff0d93ac8032ee991b8c6d4a/docs/sources/tempo/traceql/metrics-queries/functions.md",
      },
    ],
    empty: { text: "Nothing: Tempo has no view of messages.", source: OURS },
    tokens: { text: "It counts what your query counts. Select `chat`, as below.", source: OURS },
    language: "TraceQL",
    queries: [
      {
        asks: "canceled runs",
        text: '{ span.gen_ai.operation.name = "invoke_agent" && span.ai_spans.canceled = true }',
      },
      {
        asks: "abandoned runs a second, by agent",
        text: '{ span.ai_spans.cancel.cause = "abandoned" && span.gen_ai.operation.name = "invoke_agent" } | rate() by (span.gen_ai.agent.name)',
      },
      {
        asks: "p95 of the time to the first chunk, by model",
        text: '{ span.gen_ai.operation.name = "chat" } | quantile_over_time(span.gen_ai.response.time_to_first_chunk, .95) by (span.gen_ai.request.model)',
      },
      {
        asks: "model calls with many input tokens",
        text: '{ span.gen_ai.operation.name = "chat" && span.gen_ai.usage.input_tokens > 50000 }',
      },
    ],
  },
  {
    name: "Grafana Cloud",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp-gateway-prod-us-west-0.grafana.net/otlp",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20BASE64_OF_INSTANCE_AND_TOKEN",
    },
    setup: {
      text: "The page OpenTelemetry of your stack has the variables. The region in the address is yours. `printf '%s' \"INSTANCE_ID:TOKEN\" | base64 -w0` prints the encoded part of the header.",
      source: "https://grafana.com/docs/learning-paths/beyla-tempo/configure-otlp-endpoint/",
    },
    semconv: "latest",
    why: {
      text: "Agent Observability (public preview) takes spans of the GenAI conventions, attributes with `gen_ai.`.",
      source:
        "https://grafana.com/docs/grafana-cloud/observe-and-act/agent-observability/get-started/opentelemetry.md",
    },
    shows: [
      { text: "Traces are in Tempo, so the queries of Tempo hold.", source: OURS },
      {
        text: "Metrics that you send to the same endpoint are in Prometheus. The dashboard of [operate/](../../operate/README.md) is made for them.",
        source: OURS,
      },
    ],
    empty: {
      text: "The conversations of Agent Observability, which are made for prompts and answers.",
      source:
        "https://grafana.com/docs/grafana-cloud/observe-and-act/agent-observability/get-started/opentelemetry.md",
    },
    tokens: { text: "What Agent Observability adds up is not verified. In TraceQL select `chat`." },
    language: "TraceQL",
    queries: [
      {
        asks: "runs that took longer than half a minute",
        text: '{ span.gen_ai.operation.name = "invoke_agent" && duration > 30s }',
      },
    ],
  },
  {
    name: "Honeycomb",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io",
      OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=YOUR_API_KEY",
    },
    setup: {
      text: "In Europe the host is `api.eu1.honeycomb.io`.",
      source: "https://docs.honeycomb.io/send-data/opentelemetry",
    },
    semconv: "latest",
    why: {
      text: "It reads names that are the same in every version: operation, agent, conversation, model, tokens.",
      source: "https://docs.honeycomb.io/send-data/agents",
    },
    shows: [
      {
        text: "The Agent Timeline groups spans by `gen_ai.conversation.id`, then by `gen_ai.agent.name`. Set `conversationId` and a name for each agent.",
        source: "https://docs.honeycomb.io/investigate/observe/agent-timeline",
      },
      {
        text: "It asks for the agent's name on every span. Runs and tools of ai-spans have it, `chat` spans do not: the conventions have no agent there.",
        source: "https://docs.honeycomb.io/send-data/agents",
      },
      {
        text: "Its LLM calls are spans with `chat`, `generate_content` or `text_completion`, its tool calls those with `execute_tool`.",
        source: "https://docs.honeycomb.io/investigate/observe/agent-timeline",
      },
    ],
    empty: {
      text: "Prompts, completions, tool arguments and results in the tab of a span.",
      source: "https://docs.honeycomb.io/send-data/agents",
    },
    tokens: {
      text: "Whether Total Tokens of the Agent Timeline counts the run's sum too is not verified. If it shows twice the sum below, set `runUsage: false`.",
    },
    language: "the query builder",
    queries: [
      {
        asks: "tokens by model",
        text: "VISUALIZE SUM(gen_ai.usage.input_tokens), SUM(gen_ai.usage.output_tokens) WHERE gen_ai.operation.name = chat GROUP BY gen_ai.request.model",
      },
      {
        asks: "how runs are canceled",
        text: "VISUALIZE COUNT WHERE gen_ai.operation.name = invoke_agent AND ai_spans.canceled = true GROUP BY gen_ai.agent.name, ai_spans.cancel.cause",
      },
      {
        asks: "p95 of the time to the first chunk",
        text: "VISUALIZE P95(gen_ai.response.time_to_first_chunk) WHERE gen_ai.operation.name = chat GROUP BY gen_ai.request.model",
      },
    ],
  },
  {
    name: "Datadog",
    variables: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://otlp.datadoghq.com/v1/traces",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "dd-api-key=YOUR_API_KEY,dd-otlp-source=llmobs",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "Copy the address for your site from Datadog's page. The address above is an example for the site `datadoghq.com`, and is not verified. An Agent or a Collector with Datadog's exporter works too.",
      source: "https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation",
    },
    semconv: "latest",
    why: {
      text: "LLM Observability takes spans of the GenAI conventions from 1.37 on, which have `gen_ai.provider.name`.",
      source: "https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation",
    },
    shows: [
      {
        text: "Traces of the LLM Observability page, under `ml_app`, which is the service's name.",
        source:
          "https://github.com/DataDog/documentation/blob/0165fe122e09f29ff227571a72b8d8aceb450e35/content/en/llm_observability/instrumentation/otel_instrumentation.md",
      },
      {
        text: "With `dd-otlp-source=llmobs` the spans go to LLM Observability. Whether they appear in APM too, where the queries below search, is not verified.",
      },
      {
        text: "dd-trace as OpenTelemetry's provider drops attributes that are lists, such as finish reasons: see below.",
        source: OURS,
      },
    ],
    empty: { text: "The columns of input and output.", source: OURS },
    tokens: {
      text: "It reads `gen_ai.usage.input_tokens` and `.output_tokens`. Whether a trace's total counts the run's sum is not verified.",
      source:
        "https://github.com/DataDog/documentation/blob/0165fe122e09f29ff227571a72b8d8aceb450e35/content/en/llm_observability/instrumentation/otel_instrumentation.md",
    },
    language: "the search of spans (APM)",
    queries: [
      { asks: "canceled runs", text: "@gen_ai.operation.name:invoke_agent @ai_spans.cancel.cause:*" },
      { asks: "refused model calls", text: "@gen_ai.operation.name:chat @error.type:429" },
      { asks: "model calls that were repeated", text: "@ai_spans.retry.count:>0" },
    ],
  },
  {
    name: "New Relic",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp.nr-data.net",
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=YOUR_LICENSE_KEY",
    },
    setup: {
      text: "The key is an ingest license key. In Europe the host is `otlp.eu01.nr-data.net`.",
      source: "https://docs.newrelic.com/docs/ai-monitoring/opentelemetry-ai-monitoring/",
    },
    semconv: "latest",
    why: {
      text: "Its own check of arrivals accepts `gen_ai.provider.name` and the older `gen_ai.system`.",
      source:
        "https://github.com/newrelic/docs-website/blob/243fe08ac1a73ef1b257eb67e462ed2a02914ac7/src/content/docs/ai-monitoring/opentelemetry-ai-monitoring.mdx",
    },
    shows: [
      {
        text: "AI Monitoring shows model calls with model, latency, tokens and finish reason, and tools and agents in their trace.",
        source: "https://docs.newrelic.com/docs/ai-monitoring/opentelemetry-ai-monitoring/",
      },
    ],
    empty: {
      text: "Prompts and completions.",
      source: "https://docs.newrelic.com/docs/ai-monitoring/opentelemetry-ai-monitoring/",
    },
    tokens: { text: "What AI Monitoring adds up is not verified. In NRQL select `chat`." },
    language: "NRQL",
    queries: [
      {
        asks: "what arrives",
        text: "SELECT count(*) FROM Span WHERE gen_ai.operation.name IS NOT NULL FACET service.name, gen_ai.operation.name SINCE 30 minutes ago",
      },
      {
        asks: "tokens by model",
        text: "SELECT sum(gen_ai.usage.input_tokens), sum(gen_ai.usage.output_tokens) FROM Span WHERE gen_ai.operation.name = 'chat' FACET gen_ai.request.model SINCE 1 day ago",
      },
      {
        asks: "tokens of runs that were thrown away",
        text: "SELECT sum(gen_ai.usage.output_tokens) FROM Span WHERE gen_ai.operation.name = 'invoke_agent' AND (error.type IS NOT NULL OR ai_spans.canceled IS TRUE) FACET gen_ai.agent.name SINCE 1 day ago",
      },
    ],
  },
  {
    name: "Axiom",
    variables: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://api.axiom.co/v1/traces",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "Authorization=Bearer YOUR_API_TOKEN,X-Axiom-Dataset=YOUR_DATASET",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "Traces and metrics each need a dataset of their own.",
      source: "https://axiom.co/docs/send-data/opentelemetry",
    },
    semconv: "latest",
    why: {
      text: "Its conventions are those of 1.37 and have `gen_ai.provider.name`.",
      source:
        "https://github.com/axiomhq/docs/blob/018e8e5f9e8862ebced5cd691eaa391a0e842449/ai-engineering/observe/manual-instrumentation.mdx",
    },
    shows: [
      {
        text: "Its AI views know `chat` and `execute_tool`. They ask for `gen_ai.capability.name` and `gen_ai.step.name` too, which ai-spans does not record: add both with a span processor of yours or in a Collector.",
        source:
          "https://github.com/axiomhq/docs/blob/018e8e5f9e8862ebced5cd691eaa391a0e842449/ai-engineering/observe/manual-instrumentation.mdx",
      },
      {
        text: "Attributes of the conventions are below `attributes.`. Others, such as those of ai-spans, are in the map `attributes.custom`.",
        source: "https://axiom.co/docs/reference/semantic-conventions",
      },
    ],
    empty: { text: "Input and output messages.", source: OURS },
    tokens: { text: "What the AI views add up is not verified. In APL select `chat`." },
    language: "APL",
    queries: [
      {
        asks: "tokens by model",
        text: "['YOUR_DATASET'] | where ['attributes.gen_ai.operation.name'] == \"chat\" | summarize sum(tolong(['attributes.gen_ai.usage.input_tokens'])) by ['attributes.gen_ai.request.model']",
      },
      {
        asks: "how runs are canceled",
        text: "['YOUR_DATASET'] | where ['attributes.gen_ai.operation.name'] == \"invoke_agent\" | summarize count() by tostring(['attributes.custom']['ai_spans.cancel.cause'])",
      },
    ],
  },
  {
    name: "Sentry",
    variables: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT:
        "https://YOUR_HOST.ingest.sentry.io/api/YOUR_PROJECT/integration/otlp/v1/traces/",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-sentry-auth=sentry sentry_key=YOUR_PUBLIC_KEY",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "Open beta. The settings of the project (Client Keys) have the address and the key.",
      source: "https://docs.sentry.io/concepts/otlp/",
    },
    semconv: "1.41",
    why: {
      text: "It knows tokens written to the cache by the name of 1.41, `gen_ai.usage.cache_creation.input_tokens`. Everything else has the same name in both.",
      source:
        "https://github.com/getsentry/sentry-conventions/blob/456f4f94373942a3fc601f3e2c5c156edca258d0/model/attributes/gen_ai/gen_ai__usage__cache_creation__input_tokens.json",
    },
    shows: [
      {
        text: "A span with `gen_ai.operation.name` is an AI span: Sentry adds its total tokens, its tokens a second and, for models that it knows, its cost.",
        source:
          "https://github.com/getsentry/relay/blob/04ed56b3a72681d8e5f90e8381d0a9da03279b5b/relay-event-normalization/src/eap/ai.rs",
      },
      {
        text: "Lists, such as finish reasons, are shown and cannot be searched.",
        source:
          "https://github.com/getsentry/sentry-docs/blob/064b17bcc98687d1cba87c26aff0fc29fc21fe0a/docs/concepts/otlp/direct/traces.mdx",
      },
    ],
    empty: { text: "Input and output of a span, and a conversation's messages.", source: OURS },
    tokens: {
      text: "Agents and model calls both have tokens. Sentry's conventions ask you to select `gen_ai.operation.type:ai_client`, an attribute that Sentry derives, before you sum. Cost is computed for the run too.",
      source:
        "https://github.com/getsentry/sentry-conventions/blob/55d32f024761eae70591fbc617e1c13636462804/model/attributes/gen_ai/gen_ai__usage__cache_read__input_tokens.json",
    },
    runUsage: false,
    language: "the search of spans (Trace Explorer)",
    queries: [
      {
        asks: "canceled runs",
        text: "gen_ai.operation.name:invoke_agent ai_spans.canceled:true",
      },
      { asks: "refused model calls", text: "gen_ai.operation.name:chat error.type:429" },
    ],
  },
];
