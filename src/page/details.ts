/** Shows what one span recorded: its facts, attributes, events and links. */
import type { StoredSpan } from "../traces/span-record.ts";
import { element, foreignText } from "./dom.ts";
import { formatCount, formatDuration, formatPart } from "./formats.ts";
import { outcomeOf, outcomeText } from "./outcome.ts";
import { firstChunkOf, providerOf, tokensOf } from "./recorded-facts.ts";

export function renderDetails(span: StoredSpan): Node[] {
  const outcome = outcomeOf(span);
  const facts: Array<readonly [string, string]> = [
    ["outcome", outcomeText(outcome)],
    ["duration", formatDuration(span.end === undefined ? undefined : span.end - span.start)],
    ["first chunk", formatDuration(firstChunkOf(span))],
    ["tokens in", formatPart(tokensOf(span, "input"), tokensOf(span, "cached"), " cached")],
    ["tokens out", formatPart(tokensOf(span, "output"), tokensOf(span, "reasoning"), " reasoning")],
    ["provider", providerOf(span) ?? ""],
    ["started", new Date(span.start).toISOString()],
    ["kind", span.kind],
    ["scope", span.scope ?? ""],
    ["status", span.statusText === undefined ? "" : `${span.status}: ${span.statusText}`],
    ["trace id", span.traceId],
    ["span id", span.spanId],
    ["parent id", span.parentId ?? ""],
    [
      "not kept",
      span.droppedCount === undefined
        ? ""
        : `${formatCount(span.droppedCount)} attributes, events or links, because of a limit`,
    ],
  ];
  const attributes = attributeLines(span.attributes);
  const nodes: Node[] = [
    element("h3", "", [foreignText(span.name)]),
    listOf(
      facts.filter(([, value]) => value !== ""),
      "facts",
    ),
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

function attributeLines(attributes: StoredSpan["attributes"]): Array<readonly [string, string]> {
  return Object.entries(attributes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => [key, Array.isArray(value) ? value.join("\n") : String(value)]);
}

function listOf(lines: ReadonlyArray<readonly [string, string]>, classes = ""): HTMLElement {
  return element(
    "dl",
    classes,
    lines.flatMap(([key, value]) => {
      const definition = element("dd", "", value);
      definition.dir = "auto";
      return [element("dt", "", [foreignText(key)]), definition];
    }),
  );
}
