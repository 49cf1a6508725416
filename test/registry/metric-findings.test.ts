/**
 * Each rule finds the metric that breaks it, with metrics of the real SDK.
 */
import { ValueType, type Attributes, type Meter, type MetricOptions } from "@opentelemetry/api";
import type * as SDK from "@opentelemetry/sdk-metrics";
import { expect, test, vi } from "vitest";
import { metricFacts } from "./facts.ts";
import { findingText, SCOPE } from "./finding.ts";
import { metricFindings } from "./metric-findings.ts";

// The actual module, without the hook. These tests check the findings themselves.
const { MeterProvider, PeriodicExportingMetricReader, InMemoryMetricExporter, AggregationTemporality } =
  await vi.importActual<typeof SDK>("@opentelemetry/sdk-metrics");

const DURATION = "gen_ai.client.inference.duration";
const INPUT = "gen_ai.client.inference.usage.input_tokens";
const CALL = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" };

function optionsOf(name: string, changed: MetricOptions = {}): MetricOptions {
  const { unit = "", bucket_boundaries: boundaries, value_type: type } = metricFacts.get(name) ?? {};
  return {
    unit,
    valueType: type === "int" ? ValueType.INT : ValueType.DOUBLE,
    ...(boundaries ? { advice: { explicitBucketBoundaries: [...boundaries] } } : {}),
    ...changed,
  };
}

const duration =
  (attributes: Attributes = CALL, options: MetricOptions = {}) =>
  (meter: Meter): void =>
    meter.createHistogram(DURATION, optionsOf(DURATION, options)).record(0.5, attributes);

async function findings(
  record: (meter: Meter) => void,
  scope: { readonly name: string; readonly version?: string } = SCOPE,
): Promise<string[]> {
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  });
  const provider = new MeterProvider({ readers: [reader] });
  record(provider.getMeter(scope.name, scope.version));
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  return metricFindings(resourceMetrics).map(findingText);
}

const FITTING: Readonly<Record<string, (meter: Meter) => void>> = {
  "a duration": duration(),
  "a duration of a failure": duration({ ...CALL, "error.type": "429", "gen_ai.request.model": "m" }),
  "a counter of tokens": (meter) =>
    meter.createCounter(INPUT, optionsOf(INPUT)).add(7, { ...CALL, "gen_ai.token.modality": "unknown" }),
  "a counter of ours": (meter) =>
    meter.createCounter("ai_spans.canceled", { unit: "{run}" }).add(1, { "ai_spans.cancel.cause": "abort" }),
};

test.each(Object.entries(FITTING))("%s leads to no finding", async (_title, record) => {
  expect(await findings(record)).toEqual([]);
});

test("metrics of another instrumentation scope are not checked", async () => {
  const record = (meter: Meter): void => meter.createCounter("bookings").add(1);
  expect(await findings(record, { name: "application" })).toEqual([]);
});

const BROKEN: ReadonlyArray<readonly [record: (meter: Meter) => void, ...findings: string[]]> = [
  [
    (meter) => meter.createCounter("gen_ai.made.up").add(1),
    "metric, gen_ai.made.up, gen_ai.made.up: is not in the conventions",
  ],
  [
    (meter) => meter.createCounter("bookings").add(1),
    "metric, bookings, bookings: is not in the conventions",
  ],
  [
    (meter) => meter.createHistogram("gen_ai.client.token.usage").record(1),
    "deprecated, gen_ai.client.token.usage, gen_ai.client.token.usage: was removed upstream",
  ],
  [
    (meter) => meter.createCounter(DURATION, optionsOf(DURATION)).add(1, CALL),
    `instrument, ${DURATION}, counter: is no histogram`,
  ],
  [
    (meter) =>
      meter.createUpDownCounter(INPUT, optionsOf(INPUT)).add(1, { ...CALL, "gen_ai.token.modality": "text" }),
    `instrument, ${INPUT}, updowncounter: is no counter`,
  ],
  [duration(CALL, { unit: "ms" }), `instrument, ${DURATION}, ms: is not s`],
  [
    duration(CALL, { advice: { explicitBucketBoundaries: [1, 2] } }),
    `buckets, ${DURATION}, 1,2: are not ${metricFacts.get(DURATION)?.bucket_boundaries?.join()}`,
  ],
  [
    (meter) =>
      meter
        .createCounter(INPUT, optionsOf(INPUT, { valueType: ValueType.DOUBLE }))
        .add(1.5, { ...CALL, "gen_ai.token.modality": "text" }),
    `type, ${INPUT}, value: is no integer`,
  ],
  [duration({ "gen_ai.operation.name": "chat" }), `required, ${DURATION}, gen_ai.provider.name: is absent`],
  [
    duration({ ...CALL, "server.address": "api.example.com" }),
    `condition, ${DURATION}, server.port: is absent: when server.address is set`,
  ],
  [
    duration({ ...CALL, "gen_ai.response.id": "r" }),
    `attribute of others, ${DURATION}, gen_ai.response.id: is not one that the conventions have here`,
  ],
  [
    duration({ ...CALL, "gen_ai.request.model": 7 }),
    `type, ${DURATION}, gen_ai.request.model: is 7, not string`,
  ],
  [
    duration({ ...CALL, "error.type": "no room left" }),
    `value, ${DURATION}, error.type: is "no room left", which is no word for it`,
  ],
  [
    (meter) => meter.createCounter("ai_spans.canceled").add(1, { plan: "pro" }),
    "instrument, ai_spans.canceled, ai_spans.canceled: has unit ",
    "unknown attribute, ai_spans.canceled, plan: is not in the conventions",
  ],
];

test.each(BROKEN.map(([record, ...expected]) => ({ record, expected })))(
  "$expected.0",
  async ({ record, expected }) => {
    expect(await findings(record)).toEqual(expected);
  },
);

test("another version of the instrumentation scope is a finding", async () => {
  expect(await findings(duration(), { name: SCOPE.name })).toEqual(["scope, metrics, : is no version"]);
});
