/**
 * The metrics of each operation, with the names of their values and attributes in a record. Data only.
 *
 * Copied from open-telemetry/semantic-conventions-genai, `88eccb1` (metrics, token-metrics) on `fe5608e` (2026-08-03).
 * The conventions' npm package has none of them. The conventions do not define the metrics with the caller's namespace
 * as prefix; these are ours: docs/reference/metrics.md.
 */
import { ATTR_TOKEN_MODALITY, TOKEN_MODALITY_VALUE_UNKNOWN } from "./attributes.ts";

export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** Upper bounds of a histogram, as advice to the SDK. A counter has none. */
  readonly buckets?: readonly number[];
  /**
   * The name of the value in the record. A number is recorded as it is. Any other value counts as 1, for example
   * `canceled: true`. Without a value nothing is recorded.
   */
  readonly measured: string;
  /** The names in the record of the values that become attributes. */
  readonly attributes: readonly string[];
  /** Attributes that have the same value at every point. The object's keys are attribute keys. */
  readonly fixed?: Readonly<Record<string, string>>;
}

/** Metrics by operation. */
export type Metrics = Readonly<Record<string, readonly Metric[]>>;

const SECONDS = powers(0.01, 2, 14);
const RUN_SECONDS = powers(0.1, 2, 13);
const CALLS = powers(1, 2, 8);
const TOKENS = powers(1, 4, 14);

const MODEL = ["operation", "provider", "requestModel", "responseModel", "serverAddress", "serverPort"];
const FAILED = [...MODEL, "errorType"];
const RUN = ["agentName"];
const FAILED_RUN = [...RUN, "errorType"];
/** A completed run has neither an error nor a cause. */
const RUN_OUTCOME = [...FAILED_RUN, "cancelCause"];

/** The conventions require a modality on each usage metric. The AI SDK does not pass it on. */
const UNKNOWN_MODALITY = { [ATTR_TOKEN_MODALITY]: TOKEN_MODALITY_VALUE_UNKNOWN };

/**
 * The time between two parts that carry output. It is recorded during the answer. All other values are recorded at the
 * end.
 */
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
      counter(`${namespace}.invoke_agent.input_tokens`, "runInputTokens", RUN_OUTCOME, "{token}"),
      counter(`${namespace}.invoke_agent.output_tokens`, "runOutputTokens", RUN_OUTCOME, "{token}"),
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

function duration(prefix: string, attributes: readonly string[], buckets = SECONDS): Metric {
  return histogram(`${prefix}.duration`, "seconds", attributes, "s", buckets);
}

/** A histogram: the tokens of each call. */
function tokens(name: string, measured: string): Metric {
  return histogram(name, measured, MODEL, "{token}", TOKENS);
}

/** A counter: the sum of the tokens of all calls. */
function usage(name: string, measured: string): Metric {
  return {
    ...counter(`gen_ai.client.inference.usage.${name}`, measured, MODEL, "{token}"),
    fixed: UNKNOWN_MODALITY,
  };
}

function powers(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => first * factor ** exponent);
}
