/**
 * Every place that may throw, and what its fault may cost. It does not import the test runner, so that processes can
 * use it.
 */
import {
  CONTEXT_PLACES,
  ENDING_PLACES,
  METER_PLACES,
  SPAN_PLACES,
  STARTING_PLACES,
  TRACER_PLACES,
} from "./faulty-opentelemetry.ts";

/** What a fault at a place may cost, beside a report. */
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
  // A tracer reads the context of the parent when it starts a child.
  ["span.spanContext", "a parent"],
  ["span.setAttribute", "attributes"],
  ["span.setStatus", "statuses"],
  ...CLOCK_PLACES.map((place) => [place, "durations"] as const),
  ...METER_PLACES.map((place) => [place, "metrics"] as const),
]);

export const PLACES: readonly string[] = [...COSTS.keys()];
