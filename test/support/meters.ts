/**
 * A real meter provider for one test at a time, registered with the API, and what was recorded since it began.
 */
import { metrics } from "@opentelemetry/api";
import {
  DataPointType,
  MeterProvider,
  MetricReader,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { afterEach } from "vitest";

/** All that a metric has for one set of attributes. */
export interface Point {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** How often something was recorded; of a counter what was counted. */
  readonly count: number;
  /** Of all values; of durations nothing is said. */
  readonly sum?: number;
}

export interface Meters {
  readonly provider: MeterProvider;
  collect(): Promise<ResourceMetrics>;
  /** In the order of their names and attributes. */
  points(): Promise<Point[]>;
}

/** Collects when it is asked to. */
class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

export interface MetersOptions {
  /** Default: true. */
  readonly registered?: boolean;
}

/** Of the test that runs: what is left is collected again and again. */
const providers: MeterProvider[] = [];

afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.shutdown();
});

/** Replaces what an earlier call registered. */
export function setupMeters({ registered = true }: MetersOptions = {}): Meters {
  const reader = new OnDemandReader();
  const provider = new MeterProvider({ readers: [reader] });
  providers.push(provider);
  metrics.disable();
  if (registered) metrics.setGlobalMeterProvider(provider);
  const collect = async (): Promise<ResourceMetrics> => {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, "the meter provider failed");
    return resourceMetrics;
  };
  return { provider, collect, points: async () => pointsOf(await collect()) };
}

export function pointsOf({ scopeMetrics }: ResourceMetrics): Point[] {
  return inOrder(scopeMetrics.flatMap(({ metrics: own }) => own.flatMap(pointsOfMetric)));
}

function pointsOfMetric(data: MetricData): Point[] {
  const metric = data.descriptor.name;
  if (data.dataPointType === DataPointType.SUM) {
    return data.dataPoints.map(({ attributes, value }) => ({ metric, attributes, count: value }));
  }
  if (data.dataPointType !== DataPointType.HISTOGRAM) throw new Error(`${metric} is of another kind`);
  return data.dataPoints.map(({ attributes, value }) => ({
    metric,
    attributes,
    count: value.count,
    ...(data.descriptor.unit === "s" ? {} : { sum: value.sum ?? 0 }),
  }));
}

export function inOrder(points: readonly Point[]): Point[] {
  return points.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** What tells a point from others. */
export function keyOf({ metric, attributes }: Pick<Point, "metric" | "attributes">): string {
  const entries = Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([metric, entries]);
}
