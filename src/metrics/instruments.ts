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

/** The records of a span's end and of its start. If both have a name, the value of the end is used. */
type Records = readonly [end: AttributeRecord, start: AttributeRecord];

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
   * Records a point for each metric whose value is in the records. If an instrument fails, only its point is missing.
   */
  record(metrics: readonly Metric[], records: Records, vocabulary: Vocabulary, context: Context): void {
    let last: Metric | undefined;
    let attributes: Record<string, AttributeValue> = {};
    for (const metric of metrics) {
      const measured = valueIn(records, metric.measured);
      if (measured === undefined) continue;
      const value = typeof measured === "number" ? measured : 1;
      // Most metrics of an operation have the same attributes. So the attributes of the previous metric are used again.
      if (metric.attributes !== last?.attributes || metric.fixed !== last.fixed) {
        attributes = pointAttributes(metric, records, vocabulary);
        last = metric;
      }
      const point = attributes;
      contain("metrics", () => this.#measureOf(metric)(value, point, context));
    }
  }

  /**
   * Prepares many values of one metric that all have the same attributes, such as the times between chunks.
   *
   * @returns a function that records one value
   */
  series(
    metric: Metric,
    records: Records,
    vocabulary: Vocabulary,
    context: Context,
  ): (value: number) => void {
    let measure: Measure | undefined;
    const attributes = pointAttributes(metric, records, vocabulary);
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
      measure = (value, attributes, context) => histogram.record(value, attributes, context);
    } else {
      const counter = this.#meter.createCounter(name, { unit });
      measure = (value, attributes, context) => counter.add(value, attributes, context);
    }
    this.#measures.set(name, measure);
    return measure;
  }
}

function valueIn([end, start]: Records, name: string): AttributeValue | undefined {
  return end[name] ?? start[name];
}

function pointAttributes(
  { attributes, fixed }: Metric,
  records: Records,
  { keys, renamedValues, duplicate }: Vocabulary,
): Record<string, AttributeValue> {
  const result: Record<string, AttributeValue> = { ...fixed };
  for (const name of attributes) {
    const value = valueIn(records, name);
    if (value === undefined) continue;
    const key = keys.get(name);
    const other = duplicate?.spanKeys.get(name);
    if (key) result[key] = inVocabulary(name, value, renamedValues);
    if (other) result[other] = inVocabulary(name, value, duplicate?.renamedValues);
  }
  return result;
}
