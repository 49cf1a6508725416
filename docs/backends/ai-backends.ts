/** Backends that are made for traces of models and agents. */
import { OURS, type Backend } from "./backend.ts";

export const aiBackends: readonly Backend[] = [
  {
    name: "Langfuse",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://cloud.langfuse.com/api/public/otel",
      OTEL_EXPORTER_OTLP_HEADERS:
        "Authorization=Basic BASE64_OF_PUBLIC_AND_SECRET_KEY,x-langfuse-ingestion-version=4",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "`printf '%s' \"pk-lf-…:sk-lf-…\" | base64 -w0` prints the encoded keys, with a colon between them. Hosts of other regions begin with `us.`, `jp.` or `hipaa.`.",
      source: "https://langfuse.com/integrations/native/opentelemetry",
    },
    semconv: "latest",
    why: {
      text: "It takes every attribute that begins with `gen_ai.usage.` and `gen_ai.request.`, whatever the version.",
      source:
        "https://github.com/langfuse/langfuse/blob/0030ed8fe732499506f8138623da0eabc12554a6/packages/shared/src/server/otel/OtelIngestionProcessor.ts",
    },
    shows: [
      {
        text: "`invoke_agent` is an agent, `chat` and `generate_content` are generations, `execute_tool` is a tool with the tool's name, `embeddings` is an embedding. `rerank` becomes a generation, because it has a model.",
        source:
          "https://github.com/langfuse/langfuse/blob/005da4e537e82284b83f9f3c8a5b4ceb83e731fd/packages/shared/src/server/otel/ObservationTypeMapper.ts",
      },
      {
        text: "The session is `gen_ai.conversation.id`, the user is `user.id`. Langfuse filters by single spans, and only the run has `user.id`: use the filter of traces for users.",
        source:
          "https://github.com/langfuse/langfuse/blob/0030ed8fe732499506f8138623da0eabc12554a6/packages/shared/src/server/otel/OtelIngestionProcessor.ts",
      },
      {
        text: "Metadata and `ai_spans.*` are among the attributes in the span's metadata.",
      },
    ],
    empty: {
      text: "Input and output of every observation, and so the playground and evaluations of answers.",
      source: OURS,
    },
    tokens: {
      text: "It adds up usage over all observations of a trace, the agent's sum too: the total doubles.",
      source: "https://github.com/strands-agents/harness-sdk/issues/1267",
    },
    runUsage: false,
    language: "the filters of the table",
    queries: [
      { asks: "model calls", text: "Type = GENERATION" },
      { asks: "canceled runs", text: "Type = AGENT, Metadata attributes.ai_spans.canceled = true" },
    ],
  },
  {
    name: "Phoenix (Arize)",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:6006",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer YOUR_API_KEY",
      OTEL_RESOURCE_ATTRIBUTES: "openinference.project.name=bookings",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "Phoenix takes OTLP at `/v1/traces` of its own address. A Phoenix without authentication needs no header.",
      source: "https://pypi.org/project/arize-phoenix-otel",
    },
    semconv: "1.41",
    why: {
      text: "It reads tokens written to the cache by the name of 1.41, and provider, model and the other counts by names that 1.41 and the latest version share.",
      source:
        "https://github.com/Arize-ai/phoenix/blob/10c483a01064febb912e3503eac7e21d64f1bb39/src/phoenix/trace/gen_ai/conversion.py",
    },
    shows: [
      {
        text: "Phoenix translates the attributes itself: `invoke_agent` is an AGENT, `chat` and `generate_content` are LLM, `execute_tool` is a TOOL, `embeddings` is an EMBEDDING, `rerank` has no kind. The session is `gen_ai.conversation.id`.",
        source:
          "https://github.com/Arize-ai/phoenix/blob/10c483a01064febb912e3503eac7e21d64f1bb39/src/phoenix/trace/gen_ai/conversion.py",
      },
      {
        text: "With Arize's own span processor the translation is done in the program: see below.",
        source: OURS,
      },
    ],
    empty: {
      text: "Messages. The output of a model call shows its response id and model, which is no content.",
      source:
        "https://github.com/Arize-ai/phoenix/blob/10c483a01064febb912e3503eac7e21d64f1bb39/src/phoenix/trace/gen_ai/conversion.py",
    },
    tokens: {
      text: "Totals of a project count LLM spans only, since a fix of April 2026. Before, and in the totals of a trace as of May 2026, they count the run's sum too.",
      source: "https://github.com/Arize-ai/phoenix/pull/12775",
    },
    runUsage: false,
    language: "the filter of spans",
    queries: [
      { asks: "model calls", text: "span_kind == 'LLM'" },
      { asks: "failed runs", text: "span_kind == 'AGENT' and status_code == 'ERROR'" },
      { asks: "slow runs", text: "span_kind == 'AGENT' and latency_ms > 30_000" },
    ],
  },
  {
    name: "Braintrust",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.braintrust.dev/otel",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer YOUR_API_KEY,x-bt-parent=project_name:YOUR_PROJECT",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "In Europe the host is `api-eu.braintrust.dev`. The parent may be `project_id:` too.",
      source: "https://braintrust.dev/docs/guides/tracing/integrations",
    },
    semconv: "latest",
    why: {
      text: "It implements the current GenAI conventions, those of the repository that ai-spans follows.",
      source: "https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry/attributes",
    },
    shows: [
      {
        text: "It maps GenAI attributes to its own fields, and keeps what it does not know in the span's metadata.",
        source: "https://www.braintrust.dev/docs/kb/strip-otel-attributes-from-metadata",
      },
    ],
    empty: { text: "Input and output of a span, and so the playground and scores of answers.", source: OURS },
    tokens: {
      text: "Its example adds up `metrics.prompt_tokens` over all spans. Whether it maps the run's sum to that metric is not verified: compare with the query below.",
      source: "https://www.braintrust.dev/docs/reference/sql/examples",
    },
    language: "SQL",
    queries: [
      {
        asks: "tokens of model calls a day",
        text: "SELECT day(created) AS time, sum(metrics.prompt_tokens) AS input_tokens, sum(metrics.completion_tokens) AS output_tokens FROM project_logs('YOUR_PROJECT_ID') WHERE span_attributes.type = 'llm' GROUP BY 1",
      },
    ],
  },
  {
    name: "LangSmith",
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.smith.langchain.com/otel",
      OTEL_EXPORTER_OTLP_HEADERS: "x-api-key=YOUR_API_KEY,Langsmith-Project=YOUR_PROJECT",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "Hosts of other regions begin with `eu.`, `apac.` or `aws.`.",
      source:
        "https://github.com/langchain-ai/docs/blob/02cc7deca5cce6e0ae43665dfa7e2dc087003151/src/langsmith/trace-with-opentelemetry.mdx",
    },
    semconv: "1.36/dup",
    why: {
      text: "It reads the provider from `gen_ai.system`, the name of 1.36. `/dup` records both names, for what it reads later.",
      source:
        "https://github.com/langchain-ai/docs/blob/02cc7deca5cce6e0ae43665dfa7e2dc087003151/src/langsmith/trace-with-opentelemetry.mdx",
    },
    shows: [
      {
        text: "`chat` becomes an `llm` run, a span with `gen_ai.tool.name` becomes a `tool` run. Model and settings become `invocation_params`.",
        source:
          "https://github.com/langchain-ai/docs/blob/02cc7deca5cce6e0ae43665dfa7e2dc087003151/src/langsmith/trace-with-opentelemetry.mdx",
      },
      {
        text: "Its table has no `gen_ai.conversation.id`: a thread needs `langsmith.trace.session_id`, which ai-spans does not record.",
        source:
          "https://github.com/langchain-ai/docs/blob/02cc7deca5cce6e0ae43665dfa7e2dc087003151/src/langsmith/trace-with-opentelemetry.mdx",
      },
    ],
    empty: {
      text: "Inputs and outputs of every run, and so datasets and evaluations made from runs.",
      source: OURS,
    },
    tokens: {
      text: "`gen_ai.usage.*` becomes `usage_metadata`. Whether the run's sum is counted again is not verified: with `runUsage: false` it cannot be.",
      source:
        "https://github.com/langchain-ai/docs/blob/02cc7deca5cce6e0ae43665dfa7e2dc087003151/src/langsmith/trace-with-opentelemetry.mdx",
    },
    runUsage: false,
    language: "the trace query syntax",
    queries: [
      { asks: "model calls", text: 'eq(run_type, "llm")' },
      {
        asks: "tool calls that took longer than five seconds",
        text: 'and(eq(run_type, "tool"), gt(latency, "5s"))',
      },
    ],
  },
  {
    name: "PostHog",
    variables: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://us.i.posthog.com/i/v0/ai/otel",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "Authorization=Bearer YOUR_PROJECT_TOKEN",
      OTEL_METRICS_EXPORTER: "none",
    },
    setup: {
      text: "This path takes AI spans only. In Europe the host is `eu.i.posthog.com`.",
      source: "https://posthog.com/docs/distributed-tracing/start-here",
    },
    semconv: "latest",
    why: {
      text: "It reads `gen_ai.provider.name`, and `gen_ai.system` where that is missing.",
      source:
        "https://github.com/PostHog/posthog/blob/0e8fbe2cbac21cf00f513e8e9e4dd623117c0c3a/nodejs/src/ingestion/ai/otel/attribute-mapping.ts",
    },
    shows: [
      {
        text: "`chat` becomes `$ai_generation`, `embeddings` becomes `$ai_embedding`, every other span `$ai_span`, and a root of these `$ai_trace`.",
        source:
          "https://github.com/PostHog/posthog/blob/8142720e0abe55d3c99bd165f95df3de92f338ed/rust/capture/src/otel/event_name.rs",
      },
      {
        text: "The person is `user.id` of the single span. Only the run has it. The other spans get a person that PostHog derives from `gen_ai.conversation.id`.",
        source:
          "https://github.com/PostHog/posthog/blob/08ef86318611a51ec8b15fbdc312ae9ab82caf44/rust/capture/src/otel/identity.rs",
      },
    ],
    empty: { text: "`$ai_input` and `$ai_output_choices`.", source: OURS },
    tokens: {
      text: "Every event gets the tokens of its span, that of the run too. Sum `$ai_generation` only.",
      source:
        "https://github.com/PostHog/posthog/blob/0e8fbe2cbac21cf00f513e8e9e4dd623117c0c3a/nodejs/src/ingestion/ai/otel/attribute-mapping.ts",
    },
    language: "HogQL",
    queries: [
      {
        asks: "tokens by model",
        text: "SELECT properties.$ai_model, sum(toInt(properties.$ai_input_tokens)), sum(toInt(properties.$ai_output_tokens)) FROM events WHERE event = '$ai_generation' GROUP BY 1",
      },
      {
        asks: "how runs are canceled",
        text: "SELECT properties.`ai_spans.cancel.cause`, count() FROM events WHERE properties.`ai_spans.canceled` = true AND event IN ('$ai_span', '$ai_trace') GROUP BY 1",
      },
    ],
  },
];
