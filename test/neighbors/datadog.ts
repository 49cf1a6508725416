/**
 * Datadog's tracer, whose agent is a server of these tests.
 */
import { decode } from "@msgpack/msgpack";
import { outline } from "./beside.ts";
import type { Neighbor, Run } from "./run-beside.ts";

const environment = (url: string): Record<string, string> => ({
  DD_TRACE_AGENT_URL: url,
  // Requests that are not for the agent, or of no interest.
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
  DD_TRACE_STARTUP_LOGS: "false",
});

const asModule = { args: ["--import", "dd-trace/initialize.mjs"], environment } as const;

export const DD_TRACE_5: Neighbor = { folder: "dd-trace-5", ...asModule };
export const DD_TRACE_6: Neighbor = { folder: "dd-trace-6", ...asModule, node: "node-22" };

export const asCommonJS = (neighbor: Neighbor): Neighbor => ({
  ...neighbor,
  args: ["--require", "dd-trace/init"],
  format: "commonjs",
});

/** Datadog's tracer provider is OpenTelemetry's, and all spans go to its agent. */
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

/** As the agent's API has them. Numbers are of either type. */
interface DatadogSpan {
  readonly trace_id: bigint;
  readonly span_id: bigint;
  /** 0 where there is none. */
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

/** Of spans of ai-spans the tokens and why they were canceled too. Datadog keeps no lists of strings. */
function textOf({ name, error, meta, metrics }: DatadogSpan): string {
  if (meta["_dd.integration"] !== "otel") return error ? `${name}: error` : name;
  const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output } = metrics;
  return ourText(name, { input, output }, meta["ai_spans.cancel.cause"]);
}

interface Counts {
  readonly input?: bigint | number | undefined;
  readonly output?: bigint | number | undefined;
}

export function ourText(name: string, { input, output }: Counts = {}, cause?: string): string {
  const parts = ["ai-spans:", name, input, output, cause];
  return parts.filter((part) => part !== undefined).join(" ");
}
