/**
 * Proves that the floor is a fair comparison: its hand-written spans equal the spans of the wrapped SDK, attribute by
 * attribute.
 */
import { isDeepStrictEqual } from "node:util";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Call } from "./cases.ts";
import type { Major } from "./majors.ts";
import { collectSpans } from "./telemetry.ts";
import { createVariants, type VariantName } from "./variants.ts";

const FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
/** Differs from call to call, so only its type is compared. */
const CALL_ID = "ai_spans.call.id";

/** @throws when the spans of the floor and of the wrapped SDK differ */
export async function assertSameSpans(major: Major, call: Call): Promise<void> {
  if (call.integration === "empty") return;
  const floor = await spansOf("floor", major, call);
  const wrapped = await spansOf("wrapped", major, call);
  if (floor.length > 0 && isDeepStrictEqual(floor, wrapped)) return;
  const printed = (spans: object): string => JSON.stringify(spans, undefined, 2);
  throw new Error(`the floor's spans are not ours\nfloor: ${printed(floor)}\nwrapped: ${printed(wrapped)}`);
}

async function spansOf(variant: VariantName, major: Major, call: Call): Promise<object[]> {
  const spans = await collectSpans(() => createVariants(major, call)[variant]());
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .map((span) => summary(span, names))
    .toSorted((left, right) => left.order.localeCompare(right.order));
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
  const sorted = Object.fromEntries(
    Object.entries(attributes).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
  const parent = parentSpanContext && names.get(parentSpanContext.spanId);
  return { order: `${name} ${JSON.stringify(sorted)}`, name, kind, status, parent, attributes: sorted };
}
