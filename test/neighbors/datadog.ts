/**
 * Datadog's tracer. These tests have a server that replaces its agent.
 */
import { decode } from "@msgpack/msgpack";
import { outline } from "./beside.ts";
import { ourText } from "./our-trees.ts";
import type { Neighbor, Run } from "./run-beside.ts";

const environment = (url: string): Record<string, string> => ({
  DD_TRACE_AGENT_URL: url,
  // Turns off requests that do not go to the agent or that the tests do not use.
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
  DD_TRACE_STARTUP_LOGS: "false",
});

const asModule = { args: ["--import", "dd-trace/initialize.mjs"], environment } as const;

export const DD_TRACE_5: Neighbor = { folder: "dd-trace-5", ...asModule };
export const DD_TRACE_6: Neighbor = { folder: "dd-trace-6", ...asModule, node: "node-22" };

export const DD_TRACE_5_ON_24: Neighbor = { ...DD_TRACE_5, node: "node-24" };
export const DD_TRACE_6_ON_24: Neighbor = { ...DD_TRACE_6, node: "node-24" };

export const asCommonJS = (neighbor: Neighbor): Neighbor => ({
  ...neighbor,
  args: ["--require", "dd-trace/init"],
  format: "commonjs",
});

/** Datadog's tracer provider is registered with OpenTelemetry, so all spans go to Datadog's agent. */
export const asProvider = (
  neighbor: Neighbor,
  variables: Readonly<Record<string, string>> = {},
): Neighbor => ({
  ...neighbor,
  environment: (url) => ({
    ...environment(url),
    DD_TRACE_OTEL_ENABLED: "true",
    DATADOG_VARIANT: "provider",
    ...variables,
  }),
});

/** A span in the form of the agent's API. Numbers are of either type. */
interface DatadogSpan {
  readonly trace_id: bigint;
  readonly span_id: bigint;
  /** 0 for a root. */
  readonly parent_id: bigint | number;
  readonly name: string;
  readonly error: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, bigint | number>>;
}

function datadogSpans({ requests }: Run): DatadogSpan[] {
  return requests
    .filter(({ path }) => path === "/v0.4/traces")
    .flatMap(({ body }) => decode(body, { useBigInt64: true }) as DatadogSpan[][])
    .flat();
}

export const datadogOutline = (run: Run): string =>
  outline(
    datadogSpans(run).map((span) => ({
      id: `${span.trace_id} ${span.span_id}`,
      parentId: span.parent_id ? `${span.trace_id} ${span.parent_id}` : undefined,
      text: textOf(span),
    })),
  );

/**
 * The text of a span. Those of ai-spans have their tokens and the cause of a cancellation. Datadog drops lists of
 * strings.
 */
function textOf({ name, error, meta, metrics }: DatadogSpan): string {
  if (meta["_dd.integration"] !== "otel") return error ? `${name}: error` : name;
  const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output } = metrics;
  return ourText(name, { input, output }, meta["ai_spans.cancel.cause"]);
}
