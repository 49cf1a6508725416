/**
 * What a fault may cost, and what a trial shows that it cost besides.
 */
import { isDeepStrictEqual } from "node:util";
import { pointsOf, type Point } from "../support/meters.ts";
import {
  CONTEXT_PLACES,
  ENDING_PLACES,
  METER_PLACES,
  SPAN_PLACES,
  STARTING_PLACES,
  TRACER_PLACES,
} from "./faulty-opentelemetry.ts";
import type { Outcome, SpanFacts, Trial } from "./trial.ts";

/** What a place may cost besides a report. */
type Cost = "nothing" | "a span" | "attributes" | "statuses" | "durations" | "metrics";

const CLOCK_PLACES: readonly string[] = ["performance.now", "Date.now"];
const OTHER_PLACES: readonly string[] = [
  "timer.set",
  "timer.unref",
  "timer.clear",
  "FinalizationRegistry.register",
  "FinalizationRegistry.unregister",
  "WeakRef.constructor",
  "WeakRef.deref",
];

const COSTS: ReadonlyMap<string, Cost> = new Map<string, Cost>([
  ...[...SPAN_PLACES, ...ENDING_PLACES, ...CONTEXT_PLACES, ...OTHER_PLACES].map(
    (place) => [place, "nothing"] as const,
  ),
  ...[...TRACER_PLACES, ...STARTING_PLACES].map((place) => [place, "a span"] as const),
  // The tracer asks the span above a new one for its context.
  ["span.spanContext", "a span"],
  ["span.setAttribute", "attributes"],
  ["span.setStatus", "statuses"],
  ...CLOCK_PLACES.map((place) => [place, "durations"] as const),
  ...METER_PLACES.map((place) => [place, "metrics"] as const),
]);

export const PLACES: readonly string[] = [...COSTS.keys()];

/** What a trial is compared with. */
export interface Expected {
  /** What the program sees on the bare SDK. */
  readonly seen: Outcome["seen"];
  /** The same trial where nothing throws. */
  readonly sound: Outcome;
}

/** One line for each thing that is not as it must be. */
export function findingsOf(
  outcome: Outcome,
  { seen, sound }: Expected,
  { faults, isMetered }: Trial,
): string[] {
  const findings: string[] = [];
  const check = (holds: boolean, ...words: unknown[]): void => {
    if (!holds)
      findings.push(words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "));
  };
  const costs = new Set(faults.map(({ place }) => COSTS.get(place) ?? "nothing"));
  const { spans, exceptions, diagnostics } = outcome;
  check(isDeepStrictEqual(outcome.seen, seen), "the program sees", outcome.seen, "and on the bare SDK", seen);
  check(exceptions.length === 0, "uncaught:", exceptions.map(String));
  check(new Set(diagnostics).size === diagnostics.length, "reported twice:", diagnostics);
  for (const { name, ends } of spans) check(ends === 1, `${name} was ended ${ends} times`);

  if (costs.has("a span")) {
    const strikes = outcome.strikes.reduce((sum, count) => sum + count, 0);
    const missing = sound.spans.length - spans.length;
    const isUntraced = !isMetered && spans.length === 0;
    check(missing <= strikes || isUntraced, `${missing} spans are missing after ${strikes} faults`);
    for (const span of spans) {
      check(
        sound.spans.some((other) => isSame(other, span, costs)),
        "changed:",
        span,
      );
    }
  } else {
    check(
      spans.length === sound.spans.length,
      "spans:",
      spans.map(({ name }) => name),
    );
    spans.forEach((span, index) => {
      const other = sound.spans[index];
      check(other !== undefined && isSame(other, span, costs), "changed:", span, "from", other ?? "nothing");
    });
  }
  if (isMetered) {
    const [points, soundPoints] = [countsOf(outcome), countsOf(sound)];
    if (!costs.has("metrics") && !costs.has("durations")) {
      check(isDeepStrictEqual(points, soundPoints), "metrics:", points, "in place of", soundPoints);
    }
  }
  return findings;
}

function isSame(sound: SpanFacts, span: SpanFacts, costs: ReadonlySet<Cost>): boolean {
  const keys = Object.keys(sound.attributes);
  const mayLack = (key: string): boolean =>
    !(key in span.attributes) &&
    (costs.has("attributes") || (costs.has("durations") && sound.attributes[key] === "measured"));
  return (
    sound.name === span.name &&
    (sound.parent === span.parent || (costs.has("a span") && span.parent === undefined)) &&
    (sound.status === span.status || costs.has("statuses")) &&
    Object.keys(span.attributes).every((key) => keys.includes(key)) &&
    keys.every((key) => mayLack(key) || isDeepStrictEqual(sound.attributes[key], span.attributes[key]))
  );
}

function countsOf({ metrics }: Outcome): Point[] {
  return pointsOf(metrics);
}
