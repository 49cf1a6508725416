/**
 * What one span recorded.
 */
import type { SpanRecord } from "../traces/span-record.ts";
import { element, foreignText } from "./dom.ts";
import { formatDuration, formatTime } from "./formats.ts";
import { outcomeOf, outcomeText } from "./outcome.ts";

export function renderDetails(span: SpanRecord): Node[] {
  const outcome = outcomeOf(span);
  const facts: Array<readonly [string, string]> = [
    ["outcome", outcomeText(outcome)],
    ["duration", formatDuration(span.end === undefined ? undefined : span.end - span.start)],
    ["started", `${formatTime(span.start)} (${new Date(span.start).toISOString()})`],
    ["kind", span.kind],
    ["instrumentation scope", span.scope ?? ""],
    ["status", span.statusText === undefined ? "" : `${span.status}: ${span.statusText}`],
    ["trace id", span.traceId],
    ["span id", span.spanId],
    ["parent id", span.parentId ?? ""],
  ];
  const attributes = attributeLines(span.attributes);
  const nodes: Node[] = [
    element("h3", "", [foreignText(span.name)]),
    listOf(facts.filter(([, value]) => value !== "")),
    element("h4", "", `attributes (${attributes.length})`),
    listOf(attributes),
  ];
  for (const event of span.events) {
    const after = formatDuration(event.time - span.start);
    nodes.push(
      element("h4", "", [document.createTextNode(`event after ${after}: `), foreignText(event.name)]),
    );
    nodes.push(listOf(attributeLines(event.attributes)));
  }
  if (span.links.length > 0) {
    nodes.push(element("h4", "", "links"));
    nodes.push(
      listOf(span.links.map(({ traceId, spanId }) => ["trace id, span id", `${traceId}, ${spanId}`])),
    );
  }
  return nodes;
}

function attributeLines(attributes: SpanRecord["attributes"]): Array<readonly [string, string]> {
  return Object.entries(attributes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => [key, Array.isArray(value) ? value.join("\n") : String(value)]);
}

function listOf(lines: ReadonlyArray<readonly [string, string]>): HTMLElement {
  return element(
    "dl",
    "",
    lines.flatMap(([key, value]) => {
      const definition = element("dd", "", value);
      definition.dir = "auto";
      return [element("dt", "", [foreignText(key)]), definition];
    }),
  );
}
