/**
 * Registers a real meter provider for one test at a time, and reads what was recorded.
 */
import { metrics } from "@opentelemetry/api";
import {
  DataPointType,
  MeterProvider,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { afterEach } from "vitest";
import { OnDemandReader } from "./on-demand-reader.ts";

/** The data of a metric for one set of attributes. */
export interface Point {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** How many values a histogram has; for a counter, its value. */
  readonly count: number;
  /** The sum of all values. Durations have none, because they vary. */
  readonly sum?: number;
}

export interface Meters {
  readonly provider: MeterProvider;
  collect(): Promise<ResourceMetrics>;
  /** The points in the order of their metrics and attributes. */
  points(): Promise<Point[]>;
}

export interface MetersOptions {
  /** Whether the provider is registered. The default is true. */
  readonly registered?: boolean;
}

/**
 * The providers of the current test. They are shut down after it, because otherwise every later check collects them
 * again.
 */
const providers: MeterProvider[] = [];

afterEach(async () => {
  for (const provider of providers.splice(0)) await provider.shutdown();
});

/** Replaces the provider of an earlier call. */
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

/** Identifies a point by its metric and attributes. */
export function keyOf({ metric, attributes }: Pick<Point, "metric" | "attributes">): string {
  const entries = Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([metric, entries]);
}
