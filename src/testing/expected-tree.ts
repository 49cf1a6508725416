/**
 * Compares a tree of spans with the expected tree. Returns a line for each difference, with the path to it. Also
 * returns both trees as texts, which differ only where the trees do.
 */
import { describeExpected, ExpectedText, isExpected } from "./expected-value.ts";
import {
  formatSpanTree,
  formatValue,
  type SpanKindName,
  type SpanNode,
  type SpanStatusName,
} from "./span-tree.ts";

/**
 * A span as a test expects it. A property that is left out has OpenTelemetry's default: kind INTERNAL, status UNSET,
 * no attributes, no children.
 *
 * @example
 * const expected: ExpectedSpan = {
 *   name: /^chat /,
 *   kind: "CLIENT",
 *   attributes: { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": Number.isInteger },
 * };
 */
export interface ExpectedSpan {
  /** A text, a pattern, a predicate or an asymmetric matcher. */
  readonly name: string | RegExp | ((name: string) => boolean) | AsymmetricMatcher;
  readonly kind?: SpanKindName | undefined;
  readonly status?: SpanStatusName | undefined;
  /**
   * All attributes of the span. It must have no other attributes, and none whose expected value is `undefined`. A value
   * must be equal to the expected one, also within lists. A test can also pass a pattern (for strings), a predicate
   * such as `Number.isFinite`, or an asymmetric matcher such as vitest's `expect.any(Number)`.
   */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** The expected children, in order of their start. */
  readonly children?: readonly ExpectedSpan[] | undefined;
}

/** The type of `expect.any(String)` and other matchers, in Jest, vitest and other runners. */
export interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean;
}

export interface TreeComparison {
  /** One line for each difference. Empty if the trees are equal. */
  readonly differences: readonly string[];
  readonly actual: string;
  readonly expected: string;
}

const LONGEST_PRINTED = 200;

export interface TreeRules {
  /** Whether a span may have attributes that the test does not name. */
  readonly allowsMore: boolean;
}

export function compareTrees(
  actual: readonly SpanNode[],
  expected: readonly ExpectedSpan[],
  rules: TreeRules,
): TreeComparison {
  const differences: string[] = [];
  const described = compareSiblings(actual, expected, { above: "", differences, rules });
  return { differences, actual: formatSpanTree(actual), expected: formatSpanTree(described) };
}

interface Place {
  /** The names of the spans above these siblings, as the beginning of a difference. */
  readonly above: string;
  readonly differences: string[];
  readonly rules: TreeRules;
}

/**
 * Compares the children of one span. Returns the expected spans, in which names and attributes that match are replaced
 * by the actual ones.
 */
function compareSiblings(
  actual: readonly SpanNode[],
  expected: readonly ExpectedSpan[],
  place: Place,
): SpanNode[] {
  const found = alignSiblings(actual, expected);
  const nodes = expected.map((span, index) => {
    const node = found[index];
    if (node) return compareSpan(node, span, { ...place, above: `${place.above}${node.name}` });
    place.differences.push(`${place.above}${nameOf(span)} is missing`);
    return describeNode(span);
  });
  for (const node of actual) if (!found.includes(node)) reportExtra(node.name, place);
  return nodes;
}

/**
 * Finds the actual span for each expected one. As many names as possible match, in the same order (a longest common
 * subsequence). So if one span is missing, the spans after it are still found.
 */
function alignSiblings(
  actual: readonly SpanNode[],
  expected: readonly ExpectedSpan[],
): readonly (SpanNode | undefined)[] {
  const isMatch = (row: number, column: number): boolean =>
    column < actual.length && isExpected(actual[column]?.name, expected[row]?.name);
  // `best[row][column]`: the most matches among the expected spans from `row` on and the actual spans from `column` on.
  // Outside of the table it is 0.
  const best: number[][] = expected.map(() => []);
  const bestFrom = (row: number, column: number): number => best[row]?.[column] ?? 0;
  for (let row = expected.length - 1; row >= 0; row--) {
    const line = best[row] ?? [];
    for (let column = actual.length - 1; column >= 0; column--) {
      line[column] = isMatch(row, column)
        ? bestFrom(row + 1, column + 1) + 1
        : Math.max(bestFrom(row + 1, column), bestFrom(row, column + 1));
    }
  }
  let column = 0;
  return expected.map((_, row) => {
    while (!isMatch(row, column) && bestFrom(row, column + 1) > bestFrom(row + 1, column)) column += 1;
    return isMatch(row, column) ? actual[column++] : undefined;
  });
}

function reportExtra(name: string, { above, differences }: Place): void {
  differences.push(`${above}${name} is not expected here`);
}

function compareSpan(actual: SpanNode, expected: ExpectedSpan, place: Place): SpanNode {
  const { name } = actual;
  const { kind = "INTERNAL", status = "UNSET", children = [] } = expected;
  const differ = (what: string, is: string, wanted: string): void =>
    void place.differences.push(`${place.above}: ${what} is ${shorten(is)}, expected ${shorten(wanted)}`);
  if (actual.kind !== kind) differ("kind", actual.kind, kind);
  if (actual.status !== status) differ("status", actual.status, status);
  const attributes = compareAttributes(actual.attributes, expected.attributes ?? {}, place.rules, differ);
  const below = { ...place, above: `${place.above} > ` };
  return { name, kind, status, attributes, children: compareSiblings(actual.children, children, below) };
}

/** Cuts a value, so that a difference fits into a line. The texts of both trees have the whole value. */
function shorten(text: string): string {
  return text.length > LONGEST_PRINTED
    ? `${text.slice(0, LONGEST_PRINTED)}… (${text.length} characters)`
    : text;
}

function compareAttributes(
  actual: SpanNode["attributes"],
  expected: SpanNode["attributes"],
  { allowsMore }: TreeRules,
  differ: (what: string, is: string, wanted: string) => void,
): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const isPresent = Object.hasOwn(actual, key);
    const isNamed = Object.hasOwn(expected, key);
    const value = actual[key];
    const wanted = expected[key];
    const isMatch = isPresent
      ? isNamed
        ? wanted !== undefined && isExpected(value, wanted)
        : allowsMore
      : wanted === undefined;
    if (isMatch) {
      if (isPresent) attributes[key] = value;
      continue;
    }
    if (wanted !== undefined) attributes[key] = new ExpectedText(wanted);
    differ(
      key,
      isPresent ? formatValue(value) : "absent",
      wanted === undefined ? "none" : describeExpected(wanted),
    );
  }
  return attributes;
}

function describeNode(span: ExpectedSpan): SpanNode {
  const { kind = "INTERNAL", status = "UNSET", attributes = {}, children = [] } = span;
  const named = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name: nameOf(span),
    kind,
    status,
    attributes: Object.fromEntries(named.map(([key, value]) => [key, new ExpectedText(value)])),
    children: children.map(describeNode),
  };
}

function nameOf({ name }: ExpectedSpan): string {
  return typeof name === "string" ? name : describeExpected(name);
}
