/**
 * The queries of the dashboard, in PromQL. Names and attributes are those of docs/reference/metrics.md. In Prometheus
 * they have underscores, a counter ends in `_total`, and a histogram has `_count`, `_sum` and `_bucket`.
 */

/** The dashboard's variable of the service: Prometheus puts the service's name into the label `job`. */
const JOB = 'job=~"$job"';
const CHAT = 'gen_ai_operation_name="chat"';
const FAILED = 'error_type!=""';
const CANCELED = 'ai_spans_cancel_cause!=""';

/** What `rate` covers in a graph, and `increase` in a single number. Grafana replaces both. */
const STEP = "[$__rate_interval]";
const RANGE = "[$__range]";

/**
 * A histogram of seconds. Collectors and OTLP append the unit to its name, the exporter of the JavaScript SDK does not.
 * This selector finds both.
 */
function seconds(name: string, part: "count" | "bucket", ...labels: string[]): string {
  return `{${[`__name__=~"${name}(_seconds)?_${part}"`, JOB, ...labels].join(",")}}`;
}

function counter(name: string, ...labels: string[]): string {
  return `${name}_total{${[JOB, ...labels].join(",")}}`;
}

const runs = seconds("gen_ai_invoke_agent_duration", "count");
const failedRuns = seconds("gen_ai_invoke_agent_duration", "count", FAILED);
const canceledRuns = counter("ai_spans_invoke_agent_canceled");
const abandonedRuns = counter("ai_spans_invoke_agent_canceled", 'ai_spans_cancel_cause="abandoned"');
const failedCalls = seconds("gen_ai_client_inference_duration", "count", FAILED);
const retries = counter("ai_spans_client_retries");
const executions = seconds("gen_ai_execute_tool_duration", "count");
const failedExecutions = seconds("gen_ai_execute_tool_duration", "count", FAILED);
const inputTokens = counter("gen_ai_client_inference_usage_input_tokens", CHAT);
const outputTokens = counter("gen_ai_client_inference_usage_output_tokens", CHAT);
const cachedTokens = counter("gen_ai_client_inference_usage_cache_read_input_tokens", CHAT);
const inputTokensOfRuns = counter("ai_spans_invoke_agent_input_tokens");
const outputTokensOfRuns = counter("ai_spans_invoke_agent_output_tokens");

const AGENT = "gen_ai_agent_name";
const MODEL = "gen_ai_request_model";
const TOOL = "gen_ai_tool_name";
const ERROR = "error_type";
const CAUSE = "ai_spans_cancel_cause";

/** Input and output tokens of runs that failed or were canceled. No run has both an error and a cause. */
function thrownAway(of: "rate" | "increase", range: string): readonly string[] {
  return ["input", "output"].map((direction) => {
    const [failed = "", canceled = ""] = [FAILED, CANCELED].map((label) =>
      counter(`ai_spans_invoke_agent_${direction}_tokens`, label),
    );
    return `(${of}(${failed}${range}) or ${of}(${canceled}${range}))`;
  });
}

/** The sum of both directions. A direction that no run has reported counts as nothing. */
function sumOfBoth(by: string, [input, output]: readonly string[]): string {
  return `60 * sum by (${by}) (label_replace(${input}, "direction", "input", "", "") or label_replace(${output}, "direction", "output", "", ""))`;
}

function perMinute(series: string, ...by: string[]): string {
  return `60 * sum by (${by.join(", ")}) (rate(${series}${STEP}))`;
}

/** A counter has no series before its first event. Then the number is 0. */
function inRange(series: string): string {
  return `(sum(increase(${series}${RANGE})) or vector(0))`;
}

function shareInRange(...parts: string[]): string {
  return `(${parts.map((part) => inRange(part)).join(" + ")}) / sum(increase(${runs}${RANGE}))`;
}

function percentile95(name: string, by: string): string {
  return `histogram_quantile(0.95, sum by (${by}, le) (rate(${seconds(name, "bucket")}${STEP})))`;
}

export const queries = {
  runs: inRange(runs),
  failedShare: shareInRange(failedRuns),
  canceledShare: shareInRange(canceledRuns),
  thrownAwayShare: shareInRange(failedRuns, canceledRuns),
  abandoned: inRange(abandonedRuns),
  tokensOfRun: `(${inRange(inputTokens)} + ${inRange(outputTokens)}) / sum(increase(${runs}${RANGE}))`,
  runsByAgent: perMinute(runs, AGENT),
  failedShareByType: `sum by (${ERROR}) (rate(${failedRuns}${STEP})) / on () group_left () sum(rate(${runs}${STEP}))`,
  failedByAgent: perMinute(failedRuns, AGENT, ERROR),
  canceledByCause: perMinute(canceledRuns, CAUSE),
  abandonedByAgent: perMinute(abandonedRuns, AGENT),
  runDuration: percentile95("gen_ai_invoke_agent_duration", MODEL),
  callDuration: percentile95("gen_ai_client_inference_duration", MODEL),
  firstChunk: percentile95("gen_ai_client_inference_time_to_first_chunk", MODEL),
  failedCalls: perMinute(failedCalls, MODEL, ERROR),
  retries: perMinute(retries, MODEL),
  inputTokens: perMinute(inputTokens, MODEL),
  outputTokens: perMinute(outputTokens, MODEL),
  tokensPerRun: `(sum(rate(${inputTokens}${STEP})) + sum(rate(${outputTokens}${STEP}))) / sum(rate(${runs}${STEP}))`,
  cachedShare: `sum by (${MODEL}) (rate(${cachedTokens}${STEP})) / sum by (${MODEL}) (rate(${inputTokens}${STEP}))`,
  tokensByAgent: sumOfBoth(AGENT, [
    `rate(${inputTokensOfRuns}${STEP})`,
    `rate(${outputTokensOfRuns}${STEP})`,
  ]),
  thrownAwayTokens: sumOfBoth(`${ERROR}, ${CAUSE}`, thrownAway("rate", STEP)),
  thrownAwayTokensShare: `(${thrownAway("increase", RANGE)
    .map((increase) => `(sum(${increase}) or vector(0))`)
    .join(" + ")}) / (${inRange(inputTokensOfRuns)} + ${inRange(outputTokensOfRuns)})`,
  executions: perMinute(executions, TOOL),
  failedExecutions: perMinute(failedExecutions, TOOL, ERROR),
  failedExecutionsShare: `sum by (${TOOL}) (rate(${failedExecutions}${STEP})) / sum by (${TOOL}) (rate(${executions}${STEP}))`,
  toolDuration: percentile95("gen_ai_execute_tool_duration", TOOL),
} as const;

/** The services that have recorded a run, for the dashboard's variable. */
export const services = 'label_values({__name__=~"gen_ai_invoke_agent_duration(_seconds)?_count"}, job)';
