/**
 * Reads the facts of the conventions in `facts/`, and looks them up by name. All of them are upstream's.
 */
import { readFacts } from "./renew.ts";

export interface AttributeFact {
  readonly name: string;
  readonly type:
    | "string"
    | "int"
    | "double"
    | "boolean"
    | "string[]"
    | "enum(string)"
    | "any"
    | "template[string]";
  /** The listed values, if the attribute is an enum. */
  readonly members?: readonly string[];
  readonly custom_values_allowed?: boolean;
  readonly deprecated?: { readonly replacement: string | null; readonly since: string };
  readonly sensitive_content: boolean;
}

/** An attribute that a span or a metric has. */
export interface AttributeReference {
  readonly name: string;
  readonly requirement_level: "required" | "conditionally_required" | "recommended" | "opt_in";
  readonly condition?: string;
  readonly set_at_span_start?: boolean;
}

export interface SpanFact {
  readonly type: string;
  readonly operation_names: readonly string[];
  readonly span_name: { readonly formulas_in_order: readonly string[] };
  readonly span_kind: string;
  readonly attributes: readonly AttributeReference[];
}

export interface MetricFact {
  readonly name: string;
  readonly instrument: string;
  readonly unit: string;
  readonly value_type: "int" | "double" | null;
  readonly bucket_boundaries: readonly number[] | null;
  readonly attributes: readonly AttributeReference[];
}

const facts = (file: string): unknown => readFacts(new URL(`facts/${file}`, import.meta.url));

// renew.ts writes these shapes.
const { attributes } = facts("attributes.json") as { readonly attributes: readonly AttributeFact[] };
const { spans } = facts("spans.json") as { readonly spans: readonly SpanFact[] };
const { metrics, removed } = facts("metrics.json") as {
  readonly metrics: readonly MetricFact[];
  readonly removed: ReadonlyArray<{ readonly name: string }>;
};

export const attributeFacts: ReadonlyMap<string, AttributeFact> = byName(attributes);
export const metricFacts: ReadonlyMap<string, MetricFact> = byName(metrics);
/** Metrics that older versions of the conventions had. */
export const removedMetrics: ReadonlySet<string> = new Set(
  removed.map(({ name }) => name).filter((name) => !metricFacts.has(name)),
);
export const spanFacts: readonly SpanFact[] = spans;

function byName<T extends { readonly name: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

export function spanFact(type: string): SpanFact {
  const found = spanFacts.find((fact) => fact.type === type);
  if (!found) throw new Error(`the facts have no span type ${type}`);
  return found;
}
