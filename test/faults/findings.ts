/**
 * Finds the differences between a trial and its expectation that the fault may not cause.
 */
import { isDeepStrictEqual } from "node:util";
import { DataPointType } from "@opentelemetry/sdk-metrics";
import { pointsOf, type Point } from "../support/meters.ts";
import { COSTS, type Cost } from "./places.ts";
import type { Outcome, SpanFacts, Trial } from "./trial.ts";

/** What a trial is compared with. */
export interface Expected {
  /** What the program got on the bare SDK. */
  readonly log: Outcome["log"];
  /** The outcome of the same trial without a fault. */
  readonly sound: Outcome;
}

/** One line for each difference that the fault may not cause. */
export function findingsOf(outcome: Outcome, { log, sound }: Expected, trial: Trial): string[] {
  const { exceptions, diagnostics, timersLeft } = outcome;
  const findings: string[] = [];
  if (!isDeepStrictEqual(outcome.log, log)) {
    findings.push(`the program got ${textOf(outcome.log)}, and ${textOf(log)} on the bare SDK`);
  }
  if (exceptions.length > 0) findings.push(`uncaught: ${exceptions.map(String).join()}`);
  if (new Set(diagnostics).size < diagnostics.length) findings.push(`reported twice: ${diagnostics.join()}`);
  // If a span is missing, its run may still wait for its reader with a timer.
  const isWhole = outcome.spans.length === sound.spans.length;
  const isClearBroken = trial.faults.some(({ place }) => place === "timer.clear");
  if (timersLeft > 0 && isWhole && !isClearBroken) findings.push(`${timersLeft} timers are left`);
  return [...findings, ...spanFindings(outcome, sound, trial), ...metricFindings(outcome, sound, trial)];
}

function spanFindings(
  { spans, strikes }: Outcome,
  { spans: sound }: Outcome,
  { faults, isMetered }: Trial,
): string[] {
  const findings = spans
    .filter(({ ends }) => ends !== 1)
    .map(({ name, ends }) => `${name} was ended ${ends} times`);
  const costs = new Set(faults.map(({ place }) => COSTS.get(place) ?? "nothing"));
  const count = faults.reduce(
    (sum, { place }, index) => sum + (COSTS.has(place) ? (strikes[index] ?? 0) : 0),
    0,
  );
  // A span whose `spanContext` always throws is missing from the tree. If it throws only sometimes, the tracer may ask
  // again, and the span may be there.
  const isAskedAgain =
    costs.has("a parent") && faults.some(({ calls }) => calls.first > 1 || calls.last < Infinity);
  const missing = sound.length - spans.length;
  if (costs.has("a span") || isAskedAgain) {
    const isUntraced = !isMetered && spans.length === 0;
    if (missing > count && !isUntraced) findings.push(`${missing} spans are missing after ${count} faults`);
    const changed = spans.filter((span) => !sound.some((other) => isSame(other, span, costs)));
    return [...findings, ...changed.map((span) => `changed: ${textOf(span)}`)];
  }
  if (missing !== 0) findings.push(`spans: ${spans.map(({ name }) => name).join()}`);
  let lacking = 0;
  for (const [index, span] of spans.entries()) {
    const other = sound[index];
    if (other && isSame(other, span, costs)) {
      lacking += Object.keys(other.attributes).length - Object.keys(span.attributes).length;
    } else findings.push(`changed: ${textOf(span)} from ${textOf(other)}`);
  }
  if (costs.has("attributes") && lacking > count) {
    findings.push(`${lacking} attributes are missing after ${count} faults`);
  }
  return findings;
}

function isSame(sound: SpanFacts, span: SpanFacts, costs: ReadonlySet<Cost>): boolean {
  const keys = Object.keys(sound.attributes);
  const mayLack = (key: string): boolean =>
    !(key in span.attributes) &&
    (costs.has("attributes") || (costs.has("durations") && sound.attributes[key] === "measured"));
  const mayLackParent = costs.has("a span") || costs.has("a parent");
  return (
    sound.name === span.name &&
    (sound.parent === span.parent || (mayLackParent && span.parent === undefined)) &&
    (sound.status === span.status || costs.has("statuses")) &&
    Object.keys(span.attributes).every((key) => keys.includes(key)) &&
    keys.every((key) => mayLack(key) || isDeepStrictEqual(sound.attributes[key], span.attributes[key]))
  );
}

/** A failing instrument loses its own values. If all instruments of a kind fail, the values of that kind are lost. */
function metricFindings(outcome: Outcome, sound: Outcome, { faults, isMetered }: Trial): string[] {
  const places = faults.map(({ place }) => place);
  if (!isMetered || places.some((place) => COSTS.get(place) === "durations")) return [];
  if (places.includes("meter provider.getMeter")) return [];
  const lost = places.some((place) => /histogram/i.test(place))
    ? DataPointType.HISTOGRAM
    : places.some((place) => /counter/i.test(place))
      ? DataPointType.SUM
      : undefined;
  const [points, soundPoints] = [outcome, sound].map((of) => pointsWithout(of, lost));
  if (isDeepStrictEqual(points, soundPoints)) return [];
  return [`metrics: ${textOf(points)} in place of ${textOf(soundPoints)}`];
}

function pointsWithout({ metrics }: Outcome, lost: DataPointType | undefined): Point[] {
  const scopeMetrics = metrics.scopeMetrics.map((scope) => ({
    ...scope,
    metrics: scope.metrics.filter(({ dataPointType }) => dataPointType !== lost),
  }));
  return pointsOf({ ...metrics, scopeMetrics });
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
