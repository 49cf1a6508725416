/**
 * Whether a value is as expected: equal, or accepted by a matcher, a predicate or a pattern. Imports no test runner.
 */
import { asRecord, isFunction, isString } from "../foundation/structure.ts";
import { formatValue } from "./span-tree.ts";

export function isExpected(actual: unknown, expected: unknown): boolean {
  const matches = matcherOf(expected);
  if (matches) return matches(actual);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return expected.length === actual.length && expected.every((each, at) => isExpected(actual[at], each));
  }
  return Object.is(actual, expected);
}

/** `undefined` for an expected value that the actual value must be equal to. */
function matcherOf(expected: unknown): ((actual: unknown) => boolean) | undefined {
  if (expected instanceof RegExp) return (actual) => isString(actual) && actual.search(expected) !== -1;
  // Jest's, vitest's, Jasmine's and Chai's asymmetric matchers.
  const asymmetric = asRecord(expected)?.asymmetricMatch;
  if (isFunction(asymmetric)) return (actual) => Boolean(asymmetric.call(expected, actual));
  // Only `true` accepts: a promise, or the result of a class such as `String`, is no answer.
  return isFunction(expected) ? (actual) => Reflect.apply(expected, undefined, [actual]) === true : undefined;
}

/** An expected value as a line of text. */
export function describeExpected(expected: unknown): string {
  if (Array.isArray(expected)) return `[${expected.map(describeExpected).join(", ")}]`;
  const { toAsymmetricMatcher, asymmetricMatch, sample } = asRecord(expected) ?? {};
  if (isFunction(toAsymmetricMatcher)) return String(toAsymmetricMatcher.call(expected));
  if (isFunction(asymmetricMatch)) {
    // The `sample` of a matcher of vitest or Jest is the argument that the test passed to it.
    return `${String(expected)}${isString(sample) || sample instanceof RegExp ? ` ${formatValue(sample)}` : ""}`;
  }
  if (!isFunction(expected)) return formatValue(expected);
  const { name } = expected;
  return isString(name) && name !== "" ? `what ${name} accepts` : "what the predicate accepts";
}

/** The text of an expected value that does not match. A value that matches is printed as the actual one. */
export class ExpectedText {
  readonly #text: string;

  constructor(expected: unknown) {
    this.#text = describeExpected(expected);
  }

  toString(): string {
    return this.#text;
  }
}
