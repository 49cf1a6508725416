/**
 * The metrics of each operation: what is measured, of which name in a record, with which attributes. Data only.
 *
 * Copied from open-telemetry/semantic-conventions-genai, `88eccb1` (metrics, token-metrics) on `fe5608e` (2026-08-03);
 * the npm package has none of them. What is under the caller's prefix is ours: docs/reference/metrics.md.
 */
import { ATTR_TOKEN_MODALITY, TOKEN_MODALITY_VALUE_UNKNOWN } from "./attributes.ts";

export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** Upper bounds, as advice. Absent: a counter. */
  readonly buckets?: readonly number[];
  /** What is measured, by its name in the record. One that is no number counts as 1, an absent one as nothing. */
  readonly measured: string;
  /** The names of the attributes in the record. */
  readonly attributes: readonly string[];
  /** Attributes that are the same at every point, by their keys. */
  readonly fixed?: Readonly<Record<string, string>>;
}

/** By operation. */
export type Metrics = Readonly<Record<string, readonly Metric[]>>;

const SECONDS = powers(0.01, 2, 14);
const RUN_SECONDS = powers(0.1, 2, 13);
const CALLS = powers(1, 2, 8);
const TOKENS = powers(1, 4, 14);

const MODEL = ["operation", "provider", "requestModel", "responseModel", "serverAddress", "serverPort"];
const FAILED = [...MODEL, "errorType"];
const RUN = ["agentName"];
const FAILED_RUN = [...RUN, "errorType"];

/** How much of what is not told apart. */
const UNKNOWN_MODALITY = { [ATTR_TOKEN_MODALITY]: TOKEN_MODALITY_VALUE_UNKNOWN };

/** The value that is told while the answer comes: from one part that carries output to the next. */
export const CHUNK_SECONDS = "chunkSeconds";

export function metricsOf(namespace: string): Metrics {
  const retries = counter(`${namespace}.client.retries`, "retryCount", MODEL, "{retry}");
  const inference = [
    duration("gen_ai.client.inference", FAILED),
    histogram("gen_ai.client.inference.time_to_first_chunk", "timeToFirstChunkSeconds", MODEL, "s", SECONDS),
    histogram("gen_ai.client.inference.time_per_output_chunk", CHUNK_SECONDS, MODEL, "s", SECONDS),
    tokens("gen_ai.client.inference.operation.input_tokens", "inputTokens"),
    tokens("gen_ai.client.inference.operation.output_tokens", "outputTokens"),
    usage("input_tokens", "inputTokens"),
    usage("output_tokens", "outputTokens"),
    usage("cache_read.input_tokens", "cacheReadTokens"),
    usage("cache_write.input_tokens", "cacheWriteTokens"),
    usage("reasoning.output_tokens", "reasoningTokens"),
    retries,
  ];
  return {
    chat: inference,
    generate_content: inference,
    embeddings: [
      duration("gen_ai.client.embeddings", FAILED),
      tokens("gen_ai.client.embeddings.operation.input_tokens", "inputTokens"),
      retries,
    ],
    rerank: [duration("gen_ai.client.operation", FAILED), retries],
    execute_tool: [
      duration("gen_ai.execute_tool", ["toolName", "toolType", ...FAILED_RUN]),
      counter(
        `${namespace}.execute_tool.approvals`,
        "toolApproval",
        ["toolName", ...RUN, "toolApproval"],
        "{tool_call}",
      ),
    ],
    invoke_agent: [
      duration("gen_ai.invoke_agent", ["requestModel", ...FAILED_RUN], RUN_SECONDS),
      histogram("gen_ai.invoke_agent.inference_calls", "inferenceCalls", RUN, "{inference_call}", CALLS),
      histogram("gen_ai.invoke_agent.tool_calls", "toolCalls", RUN, "{tool_call}", CALLS),
      counter(`${namespace}.invoke_agent.canceled`, "canceled", [...RUN, "cancelCause"], "{run}"),
    ],
  };
}

function histogram(
  name: string,
  measured: string,
  attributes: readonly string[],
  unit: string,
  buckets: readonly number[],
): Metric {
  return { name, measured, attributes, unit, buckets };
}

function counter(name: string, measured: string, attributes: readonly string[], unit: string): Metric {
  return { name, measured, attributes, unit };
}

function duration(of: string, attributes: readonly string[], buckets = SECONDS): Metric {
  return histogram(`${of}.duration`, "seconds", attributes, "s", buckets);
}

/** Of one call. */
function tokens(name: string, measured: string): Metric {
  return histogram(name, measured, MODEL, "{token}", TOKENS);
}

/** In all. */
function usage(name: string, measured: string): Metric {
  return {
    ...counter(`gen_ai.client.inference.usage.${name}`, measured, MODEL, "{token}"),
    fixed: UNKNOWN_MODALITY,
  };
}

function powers(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => first * factor ** exponent);
}
