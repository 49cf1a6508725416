/**
 * The instruments of one meter provider, each created once, when it has something to record. Knows records only.
 */
import { createNoopMeter, type Context, type Meter, type MeterProvider } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import type { Metric } from "../semconv/metrics.ts";
import type { AttributeValue, SpanRecord } from "../semconv/records.ts";
import { worded } from "../semconv/span-attributes.ts";
import type { Vocabulary } from "../semconv/vocabulary.ts";

type Measure = (value: number, attributes: Record<string, AttributeValue>, context: Context) => void;

/** Shared by all wrappers and adapters of the process. */
const known = new WeakMap<MeterProvider, Instruments>();

/** @returns `undefined` where nothing is measured: no provider is registered */
export function instrumentsOf(provider: MeterProvider, meter: () => Meter): Instruments | undefined {
  let instruments = known.get(provider);
  if (instruments) return instruments;
  const own = meter();
  if (own === createNoopMeter()) return undefined;
  instruments = new Instruments(own);
  known.set(provider, instruments);
  return instruments;
}

export class Instruments {
  readonly #meter: Meter;
  readonly #measures = new Map<string, Measure>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Whatever the record has a value for. An instrument that fails costs its own value. */
  record(metrics: readonly Metric[], record: SpanRecord, vocabulary: Vocabulary, context: Context): void {
    let last: Metric | undefined;
    let attributes: Record<string, AttributeValue> = {};
    for (const metric of metrics) {
      const value = record[metric.measured];
      if (value === undefined) continue;
      // Most of an operation's metrics have the same attributes, and what is built for one does for the next.
      if (metric.attributes !== last?.attributes || metric.fixed !== last.fixed) {
        attributes = attributesOf(metric, record, vocabulary);
        last = metric;
      }
      const point = [typeof value === "number" ? value : 1, attributes, context] as const;
      contain("metrics", () => this.#measureOf(metric)(...point));
    }
  }

  /** The same attributes for many values, which the record does not have. */
  series(
    metric: Metric,
    record: SpanRecord,
    vocabulary: Vocabulary,
    context: Context,
  ): (value: number) => void {
    let measure: Measure | undefined;
    const attributes = attributesOf(metric, record, vocabulary);
    return (value) =>
      void contain("metrics", () => (measure ??= this.#measureOf(metric))(value, attributes, context));
  }

  #measureOf(metric: Metric): Measure {
    const { name, unit, buckets } = metric;
    let measure = this.#measures.get(name);
    if (measure) return measure;
    if (buckets) {
      const histogram = this.#meter.createHistogram(name, {
        unit,
        advice: { explicitBucketBoundaries: buckets.slice() },
      });
      measure = (...point) => histogram.record(...point);
    } else {
      const counter = this.#meter.createCounter(name, { unit });
      measure = (...point) => counter.add(...point);
    }
    this.#measures.set(name, measure);
    return measure;
  }
}

function attributesOf(
  { attributes, fixed }: Metric,
  record: SpanRecord,
  { keys, wordings, beside }: Vocabulary,
): Record<string, AttributeValue> {
  const result: Record<string, AttributeValue> = { ...fixed };
  for (const name of attributes) {
    const value = record[name];
    if (value === undefined) continue;
    const key = keys.get(name);
    const other = beside?.spanKeys.get(name);
    if (key) result[key] = worded(name, value, wordings);
    if (other) result[other] = worded(name, value, beside?.wordings);
  }
  return result;
}
