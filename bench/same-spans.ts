/**
 * Proves that the floor is a fair comparison: its hand-written spans and metrics equal those of the wrapped SDK,
 * attribute by attribute.
 */
import { isDeepStrictEqual } from "node:util";
import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Call } from "./cases.ts";
import type { Major } from "./majors.ts";
import { collect, type Series } from "./telemetry.ts";
import { createVariants, type VariantName } from "./variants.ts";

const FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
/** Differs from call to call, so only its type is compared. */
const CALL_ID = "ai_spans.call.id";

/** @throws when the spans or the metrics of the floor and of the wrapped SDK differ */
export async function assertSameSpans(major: Major, call: Call): Promise<void> {
  if (call.integration === "empty") return;
  const floor = await telemetryOf("floor", major, call);
  const wrapped = await telemetryOf("wrapped", major, call);
  for (const kind of ["spans", "series"] as const) {
    if (floor[kind].length > 0 && isDeepStrictEqual(floor[kind], wrapped[kind])) continue;
    const printed = (recorded: object): string => JSON.stringify(recorded, undefined, 2);
    throw new Error(
      `the floor's ${kind} are not ours\nfloor: ${printed(floor[kind])}\nwrapped: ${printed(wrapped[kind])}`,
    );
  }
}

async function telemetryOf(variant: VariantName, major: Major, call: Call) {
  const { spans, series } = await collect(() => createVariants(major, call)[variant]());
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return {
    spans: spans
      .map((span) => summary(span, names))
      .toSorted((left, right) => left.order.localeCompare(right.order)),
    series: series
      .map((each) => ({ ...each, attributes: sorted(each.attributes) }))
      .toSorted((left, right) => keyOf(left).localeCompare(keyOf(right))),
  };
}

function keyOf({ metric, attributes }: Series): string {
  return `${metric} ${JSON.stringify(attributes)}`;
}

function sorted(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

/**
 * A span as comparable data. `order` sorts spans by name and attributes, because spans that end in the same tick have
 * no fixed order.
 */
function summary(span: ReadableSpan, names: ReadonlyMap<string, string>) {
  const { name, kind, status, parentSpanContext } = span;
  const attributes = { ...span.attributes };
  if (FIRST_CHUNK in attributes) attributes[FIRST_CHUNK] = Number(attributes[FIRST_CHUNK]) > 0;
  if (CALL_ID in attributes) attributes[CALL_ID] = typeof attributes[CALL_ID];
  const ordered = sorted(attributes);
  const parent = parentSpanContext && names.get(parentSpanContext.spanId);
  return { order: `${name} ${JSON.stringify(ordered)}`, name, kind, status, parent, attributes: ordered };
}
