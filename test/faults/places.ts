/**
 * Every place that may throw, and what it may cost. Loads no test runner.
 */
import {
  CONTEXT_PLACES,
  ENDING_PLACES,
  METER_PLACES,
  SPAN_PLACES,
  STARTING_PLACES,
  TRACER_PLACES,
} from "./faulty-opentelemetry.ts";

/** What a place may cost besides a report. */
export type Cost = "nothing" | "a span" | "a parent" | "attributes" | "statuses" | "durations" | "metrics";

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

export const COSTS: ReadonlyMap<string, Cost> = new Map<string, Cost>([
  ...[...SPAN_PLACES, ...ENDING_PLACES, ...CONTEXT_PLACES, ...OTHER_PLACES].map(
    (place) => [place, "nothing"] as const,
  ),
  ...[...TRACER_PLACES, ...STARTING_PLACES].map((place) => [place, "a span"] as const),
  // Whoever starts a span below it asks it for its context.
  ["span.spanContext", "a parent"],
  ["span.setAttribute", "attributes"],
  ["span.setStatus", "statuses"],
  ...CLOCK_PLACES.map((place) => [place, "durations"] as const),
  ...METER_PLACES.map((place) => [place, "metrics"] as const),
]);

export const PLACES: readonly string[] = [...COSTS.keys()];
