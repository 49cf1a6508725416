/**
 * A real Prometheus scrapes services on each major of the AI SDK and loads the rules of operate/. Every query of the
 * dashboard, every recording rule and every alert then gives what the runs did. promtool checks the rules and runs their
 * unit tests.
 *
 * Holds: dashboard, alert-rules.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { majors } from "../support/majors.ts";
import { panels } from "./panels.ts";
import { startPrometheus, RULES, type Prometheus, type Sample } from "./prometheus-server.ts";
import { RUNS_OF_A_BATCH, startService, WAIT, type Service } from "./service.ts";

/** By the labels of its series, without the job. */
type Values = Readonly<Record<string, number>>;

/** What a query gives for one batch. */
type Expected =
  /** A number that has no time, such as a share. */
  | { readonly exactly: Values }
  /** Events over the range. */
  | { readonly counted: Values }
  /** Events a minute, or a second. */
  | { readonly perMinute: Values }
  | { readonly perSecond: Values }
  /** The 95th percentile of a histogram, by a label. */
  | { readonly percentileOf: string; readonly by: string };

const AGENT_RUNS = { percentileOf: "gen_ai_invoke_agent_duration", by: "gen_ai_request_model" };
const CALLS = { percentileOf: "gen_ai_client_inference_duration", by: "gen_ai_request_model" };
const FIRST_CHUNKS = {
  percentileOf: "gen_ai_client_inference_time_to_first_chunk",
  by: "gen_ai_request_model",
};
const EXECUTIONS = { percentileOf: "gen_ai_execute_tool_duration", by: "gen_ai_tool_name" };
const TOKENS_OF_A_BATCH = 60 + 30 + 110 + 55;
const TOKENS_OF_A_RUN = TOKENS_OF_A_BATCH / RUNS_OF_A_BATCH;
/** Of the run that failed in its second step, and of the one that was aborted there. */
const THROWN_AWAY = { "429": 10 + 5, abort: 10 + 5 };

/** By the title of the panel. */
const dashboardOfABatch: Readonly<Record<string, Expected>> = {
  "All runs": { counted: { "": 8 } },
  Failed: { exactly: { "": 1 / 8 } },
  Canceled: { exactly: { "": 3 / 8 } },
  "Thrown away": { exactly: { "": 4 / 8 } },
  Abandoned: { counted: { "": 1 } },
  "Tokens of a run": { exactly: { "": TOKENS_OF_A_RUN } },
  "Runs by agent": { perMinute: { booking: 4, tour: 4 } },
  "Error rate by type": { exactly: { "429": 1 / 8 } },
  "Failed runs by agent and error type": { perMinute: { "429 booking": 1 } },
  "Canceled runs by cause": { perMinute: { abandoned: 1, abort: 1, consumer: 1 } },
  "Abandoned runs by agent": { perMinute: { tour: 1 } },
  "p95 run duration by model": AGENT_RUNS,
  "p95 model call duration by model": CALLS,
  "p95 time to first chunk by model": FIRST_CHUNKS,
  "Failed model calls by model and error type": { perMinute: { "429 small": 1 } },
  "Retries by model": { perMinute: { small: 1 } },
  "Input tokens by model": { perMinute: { small: 60, large: 110 } },
  "Output tokens by model": { perMinute: { small: 30, large: 55 } },
  "Tokens per run": { exactly: { "": TOKENS_OF_A_RUN } },
  "Input tokens from the cache by model": { exactly: { large: 40 / 110 } },
  "Tokens by agent": { perMinute: { booking: 90, tour: 165 } },
  "Tokens thrown away by outcome": { perMinute: THROWN_AWAY },
  "Tokens thrown away": { exactly: { "": 30 / TOKENS_OF_A_BATCH } },
  "Tool executions by tool": { perMinute: { bookRoom: 1, searchRooms: 3 } },
  "Tool failures by tool and error type": { perMinute: { "RoomServiceError bookRoom": 1 } },
  "Failed share of executions by tool": { exactly: { bookRoom: 1 } },
  "p95 execution duration by tool": EXECUTIONS,
};

/** By the name of the recorded series. */
const rulesOfABatch: Readonly<Record<string, Expected>> = {
  "job_agent:ai_spans_runs:rate5m": { perSecond: { booking: 4, tour: 4 } },
  "job_agent_error:ai_spans_runs_failed:rate5m": { perSecond: { "429 booking": 1 } },
  "job_agent_cause:ai_spans_runs_canceled:rate5m": {
    perSecond: { "abandoned tour": 1, "abort tour": 1, "consumer tour": 1 },
  },
  "job_model:ai_spans_run_seconds:p95_5m": AGENT_RUNS,
  "job_model:ai_spans_model_call_seconds:p95_5m": CALLS,
  "job_model:ai_spans_first_chunk_seconds:p95_5m": FIRST_CHUNKS,
  "job_model:ai_spans_model_calls:rate5m": { perSecond: { small: 7, large: 5 } },
  "job_model_error:ai_spans_model_calls_failed:rate5m": { perSecond: { "429 small": 1 } },
  "job_model:ai_spans_retries:rate5m": { perSecond: { small: 1 } },
  "job_model:ai_spans_input_tokens:rate5m": { perSecond: { small: 60, large: 110 } },
  "job_model:ai_spans_output_tokens:rate5m": { perSecond: { small: 30, large: 55 } },
  "job:ai_spans_tokens_per_run:ratio_rate1h": { exactly: { "": TOKENS_OF_A_RUN } },
  "job_agent_outcome:ai_spans_input_tokens_thrown_away:rate5m": {
    perSecond: { "429 booking": 10, "abort tour": 10 },
  },
  "job_agent_outcome:ai_spans_output_tokens_thrown_away:rate5m": {
    perSecond: { "429 booking": 5, "abort tour": 5 },
  },
  "job_tool:ai_spans_tool_executions:rate5m": { perSecond: { bookRoom: 1, searchRooms: 3 } },
  "job_tool_error:ai_spans_tool_failures:rate5m": { perSecond: { "RoomServiceError bookRoom": 1 } },
};

/** Those of each service. One retry in seven calls is below the threshold, and there was no yesterday. */
const ALERTS = [
  "AIRateLimited small",
  "AIRunsFail booking",
  "AIStreamsAbandoned tour",
  "AIToolFails bookRoom",
];

/** So many that the ends of a range, which Prometheus extrapolates, do not move a percentile into another bucket. */
const SCRAPES = 20;
const HOUR = "[1h]";
const SECONDS_OF_HOUR = 3600;

let prometheus: Prometheus;
const services: Service[] = [];
/** When the first batch was scraped, and the second. */
let before: number;
let after: number;

beforeAll(async () => {
  for (const major of majors) services.push(await startService(major));
  for (const service of services) await service.runBatch();
  // From here on, so that each series has the first batch in its first sample.
  prometheus = await startPrometheus(
    majors.map(({ name }, index) => ({ job: name, port: services[index]?.port ?? 0 })),
  );
  before = await scraped(1, 0);
  for (const service of services) await service.runBatch();
  after = await scraped(2, SCRAPES);
}, 300_000);

afterAll(async () => {
  await prometheus?.stop();
  for (const service of services) await service.stop();
});

/** Waits until every service's batches have been scraped, so often. The time of that. */
async function scraped(batches: number, times: number): Promise<number> {
  const runs = `sum by (job) (gen_ai_invoke_agent_duration_count) == ${RUNS_OF_A_BATCH * batches}`;
  await vi.waitFor(async () => expect(await prometheus.query(runs)).toHaveLength(majors.length), WAIT);
  const scrapes = async (): Promise<number> => {
    const least = await prometheus.query("min(count_over_time(gen_ai_invoke_agent_duration_count[1h]))");
    return least[0]?.value ?? 0;
  };
  const first = await scrapes();
  await vi.waitFor(async () => expect(await scrapes()).toBeGreaterThanOrEqual(first + times), WAIT);
  const [now] = await prometheus.query("vector(time())");
  return now?.value ?? NaN;
}

/** By the labels, each value as a multiple of the unit. A multiple that is whole cannot round to either of two neighbors. */
function valuesOf(samples: readonly Sample[], unit = 1): Values {
  return Object.fromEntries(samples.map(({ labels, value }) => [keyOf(labels), rounded(value / unit)]));
}

function keyOf({ __name__: _name, job: _job, ...labels }: Sample["labels"]): string {
  const order = Object.keys(labels).toSorted();
  return order.map((label) => labels[label]).join(" ");
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Prometheus extrapolates to the ends of a range: by this, the same for all series of a service. */
async function extrapolation(job: string): Promise<number> {
  const [runs] = await prometheus.query(
    `sum(increase(gen_ai_invoke_agent_duration_count{job="${job}"}${HOUR}))`,
    after,
  );
  const factor = (runs?.value ?? NaN) / RUNS_OF_A_BATCH;
  expect(factor).toBeGreaterThanOrEqual(1);
  expect(factor).toBeLessThan(1.2);
  return factor;
}

interface Bucket {
  readonly lower: number;
  readonly upper: number;
}

/** By the label: the bucket that holds the slowest call of the second batch. */
async function slowest(histogram: string, by: string, job: string): Promise<ReadonlyMap<string, Bucket>> {
  const buckets = `sum by (${by}, le) (last_over_time(${histogram}_bucket{job="${job}"}${HOUR}))`;
  const earlier = new Map<string, number>();
  for (const { labels, value } of await prometheus.query(buckets, before)) earlier.set(keyOf(labels), value);
  const counts = new Map<string, (readonly [bound: number, upTo: number])[]>();
  for (const { labels, value } of await prometheus.query(buckets, after)) {
    const label = String(labels[by]);
    const bound = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    counts.set(label, [...(counts.get(label) ?? []), [bound, value - (earlier.get(keyOf(labels)) ?? 0)]]);
  }
  return new Map([...counts].map(([label, unordered]) => [label, lastBucket(unordered)]));
}

/** Of cumulative counts: the lowest bucket that all values are in. */
function lastBucket(unordered: readonly (readonly [bound: number, upTo: number])[]): Bucket {
  const ordered = unordered.toSorted(([left], [right]) => left - right);
  const all = ordered.at(-1)?.[1] ?? 0;
  expect(all).toBeGreaterThan(0);
  const index = ordered.findIndex(([, upTo]) => upTo === all);
  return { lower: ordered[index - 1]?.[0] ?? 0, upper: ordered[index]?.[0] ?? NaN };
}

async function expectBatch(samples: readonly Sample[], expected: Expected, job: string): Promise<void> {
  if ("percentileOf" in expected) {
    const values = valuesOf(samples);
    const buckets = await slowest(expected.percentileOf, expected.by, job);
    expect(buckets.size).toBeGreaterThan(0);
    expect(Object.keys(values).toSorted()).toEqual([...buckets.keys()].toSorted());
    for (const [label, { lower, upper }] of buckets) {
      expect(values[label]).toBeGreaterThan(lower);
      expect(values[label]).toBeLessThanOrEqual(upper);
    }
    return;
  }
  const factor = await extrapolation(job);
  if ("exactly" in expected) expect(valuesOf(samples)).toEqual(allRounded(expected.exactly));
  else if ("counted" in expected) expect(valuesOf(samples, factor)).toEqual(expected.counted);
  else if ("perMinute" in expected)
    expect(valuesOf(samples, (factor * 60) / SECONDS_OF_HOUR)).toEqual(expected.perMinute);
  else expect(valuesOf(samples, factor / SECONDS_OF_HOUR)).toEqual(expected.perSecond);
}

function allRounded(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([labels, value]) => [labels, rounded(value)]));
}

const onDashboard = panels();

describe.each(majors)("on $name", ({ name: job }) => {
  test.each(onDashboard)("the panel $title shows what the runs did", async ({ title, expression }) => {
    const query = expression
      .replaceAll("$job", job)
      .replaceAll("[$__rate_interval]", HOUR)
      .replaceAll("[$__range]", HOUR);
    expect(query).not.toContain("$");
    const expected = dashboardOfABatch[title];
    if (expected === undefined) throw new Error(`the panel ${title} has no expectation`);
    await expectBatch(await prometheus.query(query, after), expected, job);
  });

  test.each(Object.entries(rulesOfABatch))(
    "the rule %s records what the runs did",
    async (name, expected) => {
      const rule = (await prometheus.rules()).find((own) => own.name === name);
      // Over an hour, as a slow machine may take longer than five minutes from one batch to the other.
      const query = (rule?.query ?? "").replaceAll(/\[(?:5m|1h)\]/g, HOUR);
      const samples = (await prometheus.query(query, after)).filter(({ labels }) => labels["job"] === job);
      await expectBatch(samples, expected, job);

      const recorded = await prometheus.query(`last_over_time(${name}{job="${job}"}${HOUR})`);
      expect(Object.keys(valuesOf(recorded)).toSorted()).toEqual(Object.keys(valuesOf(samples)).toSorted());
    },
  );
});

test("the dashboard has a panel for each expectation", () => {
  expect(onDashboard.map(({ title }) => title)).toEqual(Object.keys(dashboardOfABatch));
});

test("each recording rule has an expectation", async () => {
  const recording = (await prometheus.rules()).filter(({ type }) => type === "recording");
  expect(recording.map(({ name }) => name)).toEqual(Object.keys(rulesOfABatch));
});

test("the alerts are those that the runs of each service call for", async () => {
  const expected = majors.flatMap(({ name }) => ALERTS.map((alert) => `${name} ${alert}`));
  await vi.waitFor(async () => {
    const alerts = (await prometheus.alerts()).map(({ alertname, job, severity: _severity, ...labels }) =>
      [job, alertname, ...Object.values(labels)].join(" "),
    );
    expect(alerts.toSorted()).toEqual(expected.toSorted());
  }, WAIT);
});

test.each([
  ["check", "rules", RULES],
  ["test", "rules", fileURLToPath(new URL("../../operate/prometheus-rules.test.yml", import.meta.url))],
])("promtool %s %s passes", async (...words) => {
  const { stdout } = await promisify(execFile)("promtool", words);
  expect(stdout).toContain("SUCCESS");
});
