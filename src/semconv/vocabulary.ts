/**
 * A table of the attributes and metrics that have different names in older versions of the conventions. If an older
 * version did not have an attribute, the attribute keeps its latest name.
 */
import { metricsOf, type Metric, type Metrics } from "./metrics.ts";
import { attributeKeys, type AttributeKeys, type SpanVocabulary } from "./span-attributes.ts";

/**
 * A version of the conventions.
 * - `latest`: the names in docs/reference/telemetry.md
 * - `1.41`: the last version of the core conventions with a GenAI part
 * - `1.36`: the version that the conventions ask instrumentations to keep by default
 * - with `/dup`: both the names of that version and the latest names
 */
export type SemconvVersion = "latest" | "1.41" | "1.41/dup" | "1.36" | "1.36/dup";

/** The attribute keys and the metrics of one version. */
export interface Vocabulary extends SpanVocabulary {
  /** Keys of all attributes, on spans and on metrics. */
  readonly keys: AttributeKeys;
  /** A second vocabulary. Each point of a metric also has the attributes with that vocabulary's keys. */
  readonly duplicate?: SpanVocabulary;
  readonly metrics: Metrics;
}

/** The names in an older version that differ from the latest names. */
interface Renames {
  readonly keys: readonly (readonly [name: string, key: string])[];
  readonly renamedValues?: Vocabulary["renamedValues"];
  /**
   * The older names of metrics, by their latest name. An empty object drops the metric, because another metric includes
   * its value.
   */
  readonly metrics: Readonly<Record<string, Partial<Pick<Metric, "name" | "fixed">>>>;
}

const OPERATION = "gen_ai.client.operation";
const INFERENCE = "gen_ai.client.inference";
const EMBEDDINGS = "gen_ai.client.embeddings";
const TOKEN_USAGE = "gen_ai.client.token.usage";
const INPUT = { name: TOKEN_USAGE, fixed: { "gen_ai.token.type": "input" } };
const OUTPUT = { name: TOKEN_USAGE, fixed: { "gen_ai.token.type": "output" } };

const RENAMED_METRICS: Renames["metrics"] = {
  [`${INFERENCE}.duration`]: { name: `${OPERATION}.duration` },
  [`${EMBEDDINGS}.duration`]: { name: `${OPERATION}.duration` },
  [`${INFERENCE}.operation.input_tokens`]: INPUT,
  [`${INFERENCE}.operation.output_tokens`]: OUTPUT,
  [`${EMBEDDINGS}.operation.input_tokens`]: INPUT,
  [`${INFERENCE}.usage.input_tokens`]: {},
  [`${INFERENCE}.usage.output_tokens`]: {},
};

/** The different names of each older version. The number is the version of `@opentelemetry/semantic-conventions`. */
const RENAMES: Readonly<Record<string, Renames>> = {
  "1.41": {
    keys: [["cacheWriteTokens", "gen_ai.usage.cache_creation.input_tokens"]],
    metrics: {
      ...RENAMED_METRICS,
      [`${INFERENCE}.time_to_first_chunk`]: { name: `${OPERATION}.time_to_first_chunk` },
      [`${INFERENCE}.time_per_output_chunk`]: { name: `${OPERATION}.time_per_output_chunk` },
    },
  },
  "1.36": {
    keys: [["provider", "gen_ai.system"]],
    renamedValues: { provider: new Map([["x_ai", "xai"]]) },
    metrics: RENAMED_METRICS,
  },
};

/** `latest`, and every version with and without `/dup`. */
export const SEMCONV_VERSIONS: readonly string[] = [
  "latest",
  ...Object.keys(RENAMES).flatMap((version) => [version, `${version}/dup`]),
];

/** @param version one of `SEMCONV_VERSIONS` */
export function vocabulariesOf(namespace: string, version: string): readonly Vocabulary[] {
  const keys = attributeKeys(namespace);
  const metrics = metricsOf(namespace);
  const latest = { spanKeys: keys, keys, metrics };
  const [number = "", isDuplicated] = version.split("/");
  const renames = RENAMES[number];
  if (!renames) return [latest];
  const olderKeys = new Map([...keys, ...renames.keys]);
  const older = { keys: olderKeys, renamedValues: renames.renamedValues };
  if (!isDuplicated)
    return [{ ...older, spanKeys: olderKeys, metrics: renameMetrics(metrics, renames, true) }];
  // A metric may have the same name in both versions. It is then recorded once, with the attribute keys of both.
  const duplicate = {
    ...older,
    spanKeys: new Map(renames.keys),
    metrics: renameMetrics(metrics, renames, false),
  };
  return [{ ...latest, duplicate }, duplicate];
}

/** @param keepsOthers whether the result includes the metrics whose names are the latest ones */
function renameMetrics(metrics: Metrics, renames: Renames, keepsOthers: boolean): Metrics {
  const renamed = (metric: Metric): Metric[] => {
    const change = renames.metrics[metric.name];
    if (!change) return keepsOthers ? [metric] : [];
    return change.name ? [{ ...metric, ...change }] : [];
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([operation, list]) => [operation, list.flatMap(renamed)]),
  );
}
