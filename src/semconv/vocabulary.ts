/**
 * Versions of the conventions: what they call the attributes and metrics that have moved since. A pure table; a name that
 * a version did not have yet is the latest one there, too.
 */
import { metricsOf, type Metric, type Metrics } from "./metrics.ts";
import { attributeKeys, type AttributeKeys, type SpanVocabulary } from "./span-attributes.ts";

/**
 * `latest` is what docs/reference/spans.md names. Of the versions of the core conventions `1.41` is the last that has the GenAI
 * part, `1.36` the one that instrumentations were told to keep to by default. With `/dup` the latest are emitted as well.
 */
export type SemconvVersion = "latest" | "1.41" | "1.41/dup" | "1.36" | "1.36/dup";

/** What spans and metrics are told in the words of one version. */
export interface Vocabulary extends SpanVocabulary {
  /** Of all attributes, those on metrics included. */
  readonly keys: AttributeKeys;
  /** Another one's names of the same, put on metrics beside these. */
  readonly beside?: SpanVocabulary;
  readonly metrics: Metrics;
}

interface Moves {
  readonly keys: readonly (readonly [name: string, key: string])[];
  readonly wordings?: Vocabulary["wordings"];
  /** By the latest name; empty: what it measures is part of another. */
  readonly metrics: Readonly<Record<string, Partial<Pick<Metric, "name" | "fixed">>>>;
}

const OPERATION = "gen_ai.client.operation";
const INFERENCE = "gen_ai.client.inference";
const EMBEDDINGS = "gen_ai.client.embeddings";
const TOKEN_USAGE = "gen_ai.client.token.usage";
const INPUT = { name: TOKEN_USAGE, fixed: { "gen_ai.token.type": "input" } };
const OUTPUT = { name: TOKEN_USAGE, fixed: { "gen_ai.token.type": "output" } };

const MOVED_METRICS: Moves["metrics"] = {
  [`${INFERENCE}.duration`]: { name: `${OPERATION}.duration` },
  [`${EMBEDDINGS}.duration`]: { name: `${OPERATION}.duration` },
  [`${INFERENCE}.operation.input_tokens`]: INPUT,
  [`${INFERENCE}.operation.output_tokens`]: OUTPUT,
  [`${EMBEDDINGS}.operation.input_tokens`]: INPUT,
  [`${INFERENCE}.usage.input_tokens`]: {},
  [`${INFERENCE}.usage.output_tokens`]: {},
};

/** By version, as `@opentelemetry/semantic-conventions` of that number has them. */
const MOVES: Readonly<Record<string, Moves>> = {
  "1.41": {
    keys: [["cacheWriteTokens", "gen_ai.usage.cache_creation.input_tokens"]],
    metrics: {
      ...MOVED_METRICS,
      [`${INFERENCE}.time_to_first_chunk`]: { name: `${OPERATION}.time_to_first_chunk` },
      [`${INFERENCE}.time_per_output_chunk`]: { name: `${OPERATION}.time_per_output_chunk` },
    },
  },
  "1.36": {
    keys: [["provider", "gen_ai.system"]],
    wordings: { provider: new Map([["x_ai", "xai"]]) },
    metrics: MOVED_METRICS,
  },
};

/** `latest` in the first place, and every version by itself and beside it. */
export const SEMCONV_VERSIONS: readonly string[] = [
  "latest",
  ...Object.keys(MOVES).flatMap((version) => [version, `${version}/dup`]),
];

/** @param version one of `SEMCONV_VERSIONS` */
export function vocabulariesOf(namespace: string, version: string): readonly Vocabulary[] {
  const keys = attributeKeys(namespace);
  const metrics = metricsOf(namespace);
  const latest = { spanKeys: keys, keys, metrics };
  const [number = "", isBeside] = version.split("/");
  const moves = MOVES[number];
  if (!moves) return [latest];
  const ownKeys = new Map([...keys, ...moves.keys]);
  const own = { keys: ownKeys, wordings: moves.wordings };
  if (!isBeside) return [{ ...own, spanKeys: ownKeys, metrics: moved(metrics, moves, true) }];
  // A metric whose name has not moved is recorded once, with the names of both.
  const beside = { ...own, spanKeys: new Map(moves.keys), metrics: moved(metrics, moves, false) };
  return [{ ...latest, beside }, beside];
}

/** @param keepsOthers whether those that have not moved are measured too */
function moved(metrics: Metrics, moves: Moves, keepsOthers: boolean): Metrics {
  const own = (metric: Metric): Metric[] => {
    const move = moves.metrics[metric.name];
    if (!move) return keepsOthers ? [metric] : [];
    return move.name ? [{ ...metric, ...move }] : [];
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([operation, list]) => [operation, list.flatMap(own)]),
  );
}
