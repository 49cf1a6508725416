/**
 * The flush of an invocation also flushes the meter provider: a registered one, or the one in the options.
 */
import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { flushAfter } from "ai-spans/serverless";
import { afterEach, expect, test } from "vitest";

afterEach(() => metrics.disable());

function setUp() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // The interval is an hour, so only a flush exports.
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const exported = (): string[] =>
    exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .map(({ descriptor }) => descriptor.name);
  return { provider, exported };
}

test("a meter provider that is registered is flushed", async () => {
  const { provider, exported } = setUp();
  metrics.setGlobalMeterProvider(provider);
  await flushAfter(() => metrics.getMeter("application").createCounter("bookings").add(1));
  expect(exported()).toEqual(["bookings"]);
  await provider.shutdown();
});

test("a meter provider in the options is flushed", async () => {
  const { provider, exported } = setUp();
  await flushAfter(() => provider.getMeter("application").createCounter("bookings").add(1), { provider });
  expect(exported()).toEqual(["bookings"]);
  await provider.shutdown();
});
