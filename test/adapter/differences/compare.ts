/**
 * Compares the wrapper's span tree with the adapter's. It writes one line for each fact that differs, without ids and
 * times.
 */
import type { SpanNode } from "../../support/span-tree.ts";

interface ComparedSpan {
  /** The operation of one of our spans, or the name of a span of the application. */
  readonly label: string;
  /** Several attributes and the status describe how a span ended. Together they are one fact. */
  readonly facts: ReadonlyMap<string, string>;
  readonly children: readonly ComparedSpan[];
}

const ENDING: ReadonlySet<string> = new Set(["error.type", "ai_spans.canceled", "ai_spans.cancel.cause"]);
const TIME = "gen_ai.response.time_to_first_chunk";

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function endingOf({ status, attributes }: SpanNode): string {
  const error = textOf(attributes["error.type"]);
  const cause = textOf(attributes["ai_spans.cancel.cause"]);
  if (status === "ERROR" || error !== undefined) return `error ${error ?? "without a type"}`;
  return cause === undefined ? "ok" : `canceled/${cause}`;
}

/**
 * Most trees of the adapter have the SDK's id of the call. docs/reference/adapter.md has a line for it, so it is no
 * fact here.
 */
function isFact(key: string): boolean {
  return !ENDING.has(key) && (key.startsWith("gen_ai.") || !key.endsWith(".call.id"));
}

function toCompared(node: SpanNode): ComparedSpan {
  const entries = Object.entries(node.attributes).filter(([key]) => isFact(key));
  const attributes = entries.map(
    ([key, value]) => [key, key === TIME ? "a time" : JSON.stringify(value)] as const,
  );
  return {
    label: textOf(node.attributes["gen_ai.operation.name"]) ?? node.name,
    facts: new Map([["name", node.name], ["kind", node.kind], ["end", endingOf(node)], ...attributes]),
    children: node.children.map(toCompared),
  };
}

/** Returns sorted lines. Spans in another order make a line of their own, so sorting loses nothing. */
export function differencesBetween(wrapper: readonly SpanNode[], adapter: readonly SpanNode[]): string[] {
  return compareSiblings(wrapper.map(toCompared), adapter.map(toCompared), "").toSorted();
}

function compareSiblings(
  wrapper: readonly ComparedSpan[],
  adapter: readonly ComparedSpan[],
  above: string,
): string[] {
  const left = new Set(adapter);
  const lines: string[] = [];
  const pairs: ComparedSpan[] = [];
  for (const span of wrapper) {
    const other = [...left].find(({ label }) => label === span.label);
    if (other) {
      left.delete(other);
      pairs.push(other);
      lines.push(...compareSpans(span, other, `${above}${span.label}`));
    } else lines.push(`${above}${span.label}: wrapper only`);
  }
  for (const { label } of left) lines.push(`${above}${label}: adapter only`);
  const isOrdered = pairs.every(
    (span, index) => index === 0 || adapter.indexOf(pairs[index - 1]!) < adapter.indexOf(span),
  );
  return isOrdered ? lines : [...lines, `${above}order of spans`];
}

function compareSpans(wrapper: ComparedSpan, adapter: ComparedSpan, path: string): string[] {
  const keys = new Set([...wrapper.facts.keys(), ...adapter.facts.keys()]);
  const lines = [...keys].flatMap((key) => {
    const [one = "absent", other = "absent"] = [wrapper.facts.get(key), adapter.facts.get(key)];
    return one === other ? [] : [`${path}: ${key} ${one} → ${other}`];
  });
  return [...lines, ...compareSiblings(wrapper.children, adapter.children, `${path} > `)];
}
