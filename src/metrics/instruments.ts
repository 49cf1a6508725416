/**
 * The instruments of one meter provider. Each is created when its first value is recorded, and used for all later
 * values. This file reads records and knows no spans.
 */
import { createNoopMeter, type Context, type Meter, type MeterProvider } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import type { Metric } from "../semconv/metrics.ts";
import type { AttributeValue, AttributeRecord } from "../semconv/records.ts";
import { inVocabulary } from "../semconv/span-attributes.ts";
import type { Vocabulary } from "../semconv/vocabulary.ts";

type Measure = (value: number, attributes: Record<string, AttributeValue>, context: Context) => void;

/** All wrappers and adapters of this copy of ai-spans share the instruments of a provider. */
const instrumentsByProvider = new WeakMap<MeterProvider, Instruments>();

/** @returns `undefined` if no meter provider is registered. Then nothing is measured. */
export function instrumentsOf(provider: MeterProvider, meter: () => Meter): Instruments | undefined {
  let instruments = instrumentsByProvider.get(provider);
  if (instruments) return instruments;
  const createdMeter = meter();
  if (createdMeter === createNoopMeter()) return undefined;
  instruments = new Instruments(createdMeter);
  instrumentsByProvider.set(provider, instruments);
  return instruments;
}

export class Instruments {
  readonly #meter: Meter;
  readonly #measures = new Map<string, Measure>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /**
   * Records a point for each metric whose value is in the record. If an instrument fails, only its point is missing.
   */
  record(
    metrics: readonly Metric[],
    record: AttributeRecord,
    vocabulary: Vocabulary,
    context: Context,
  ): void {
    let last: Metric | undefined;
    let attributes: Record<string, AttributeValue> = {};
    for (const metric of metrics) {
      const value = record[metric.measured];
      if (value === undefined) continue;
      // Most metrics of an operation have the same attributes. So the attributes of the previous metric are used again.
      if (metric.attributes !== last?.attributes || metric.fixed !== last.fixed) {
        attributes = pointAttributes(metric, record, vocabulary);
        last = metric;
      }
      const point = [typeof value === "number" ? value : 1, attributes, context] as const;
      contain("metrics", () => this.#measureOf(metric)(...point));
    }
  }

  /**
   * Prepares many values of one metric that all have the same attributes, such as the times between chunks.
   *
   * @returns a function that records one value
   */
  series(
    metric: Metric,
    record: AttributeRecord,
    vocabulary: Vocabulary,
    context: Context,
  ): (value: number) => void {
    let measure: Measure | undefined;
    const attributes = pointAttributes(metric, record, vocabulary);
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

function pointAttributes(
  { attributes, fixed }: Metric,
  record: AttributeRecord,
  { keys, renamedValues, duplicate }: Vocabulary,
): Record<string, AttributeValue> {
  const result: Record<string, AttributeValue> = { ...fixed };
  for (const name of attributes) {
    const value = record[name];
    if (value === undefined) continue;
    const key = keys.get(name);
    const other = duplicate?.spanKeys.get(name);
    if (key) result[key] = inVocabulary(name, value, renamedValues);
    if (other) result[other] = inVocabulary(name, value, duplicate?.renamedValues);
  }
  return result;
}
