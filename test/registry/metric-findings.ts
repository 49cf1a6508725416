/**
 * Checks collected metrics against the conventions: name, instrument, unit, buckets and attributes. It has no side
 * effect.
 */
import { DataPointType, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { attributeFindings, isVendorKey, presenceFindings } from "./attribute-findings.ts";
import { metricFacts, removedMetrics, type MetricFact } from "./facts.ts";
import { DEFAULT_DECLARED, SCOPE, type Declared, type Finding } from "./finding.ts";

/** A unit in UCUM, as upstream writes it: a unit, or in braces the thing that is counted. */
const UNIT = /^(s|ms|By|1|\{[a-z_]+\})$/;

/** Ignores metrics of other instrumentation scopes. */
export function metricFindings(
  { scopeMetrics }: ResourceMetrics,
  declared: Declared = DEFAULT_DECLARED,
): Finding[] {
  return scopeMetrics
    .filter(({ scope }) => scope.name === SCOPE.name)
    .flatMap(({ scope, metrics }) => [
      ...(scope.version === SCOPE.version
        ? []
        : [
            {
              rule: "scope",
              on: "metrics",
              subject: String(scope.version),
              detail: "is no version",
            } as const,
          ]),
      ...metrics.flatMap((metric) => findingsOf(metric, declared)),
    ]);
}

function findingsOf(metric: MetricData, declared: Declared): Finding[] {
  const { name } = metric.descriptor;
  const fact = metricFacts.get(name);
  if (fact) return [...instrumentFindings(metric, fact), ...pointFindings(metric, declared, fact)];
  const find = (rule: Finding["rule"], detail: string): Finding => ({
    rule,
    on: name,
    subject: name,
    detail,
  });
  if (removedMetrics.has(name)) return [find("deprecated", "was removed upstream")];
  if (!isVendorKey(name, declared)) return [find("metric", "is not in the conventions")];
  return [
    ...(UNIT.test(metric.descriptor.unit) ? [] : [find("instrument", `has unit ${metric.descriptor.unit}`)]),
    ...pointFindings(metric, declared),
  ];
}

function instrumentFindings(metric: MetricData, fact: MetricFact): Finding[] {
  const { descriptor } = metric;
  const find = (rule: Finding["rule"], subject: string, detail: string): Finding => ({
    rule,
    on: descriptor.name,
    subject,
    detail,
  });
  const findings: Finding[] = [];
  const instrument = instrumentOf(metric);
  if (instrument !== fact.instrument) {
    findings.push(find("instrument", instrument, `is no ${fact.instrument}`));
  }
  if (descriptor.unit !== fact.unit)
    findings.push(find("instrument", descriptor.unit, `is not ${fact.unit}`));
  if (fact.value_type === "int" && !valuesOf(metric).every(Number.isInteger)) {
    findings.push(find("type", "value", "is no integer"));
  }
  for (const boundaries of boundariesOf(metric)) {
    const advised = fact.bucket_boundaries;
    if (advised && boundaries.join() !== advised.join()) {
      findings.push(find("buckets", boundaries.join(), `are not ${advised.join()}`));
    }
  }
  return findings;
}

function instrumentOf(metric: MetricData): string {
  if (metric.dataPointType === DataPointType.GAUGE) return "gauge";
  if (metric.dataPointType !== DataPointType.SUM) return "histogram";
  return metric.isMonotonic ? "counter" : "updowncounter";
}

function valuesOf(metric: MetricData): number[] {
  return metric.dataPoints.flatMap(({ value }) => {
    if (typeof value === "number") return [value];
    return [value.sum, value.min, value.max].filter((part) => part !== undefined);
  });
}

/** Only explicit buckets have boundaries. A reader that chooses exponential buckets is not checked. */
function boundariesOf(metric: MetricData): number[][] {
  return metric.dataPointType === DataPointType.HISTOGRAM
    ? metric.dataPoints.map(({ value }) => value.buckets.boundaries)
    : [];
}

function pointFindings(metric: MetricData, declared: Declared, fact?: MetricFact): Finding[] {
  const { name } = metric.descriptor;
  return metric.dataPoints.flatMap(({ attributes }) => [
    ...attributeFindings(name, attributes, declared, fact?.attributes),
    ...presenceFindings(name, attributes, fact?.attributes ?? []),
  ]);
}
