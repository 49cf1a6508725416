/**
 * Checks whether a value is as expected: equal, or accepted by a matcher, a predicate or a pattern. Imports no test
 * runner.
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

/** @returns a function that checks an actual value; `undefined` if the actual value must be equal */
function matcherOf(expected: unknown): ((actual: unknown) => boolean) | undefined {
  if (expected instanceof RegExp) return (actual) => isString(actual) && actual.search(expected) !== -1;
  // Jest, vitest, Jasmine and Chai have asymmetric matchers with this method.
  const asymmetric = asRecord(expected)?.asymmetricMatch;
  if (isFunction(asymmetric)) return (actual) => Boolean(asymmetric.call(expected, actual));
  // Only `true` accepts the value. A promise, or a text that `String` returns, does not.
  return isFunction(expected) ? (actual) => Reflect.apply(expected, undefined, [actual]) === true : undefined;
}

/** Describes an expected value in one line. */
export function describeExpected(expected: unknown): string {
  if (Array.isArray(expected)) return `[${expected.map(describeExpected).join(", ")}]`;
  const { toAsymmetricMatcher, asymmetricMatch, sample } = asRecord(expected) ?? {};
  if (isFunction(toAsymmetricMatcher)) return String(toAsymmetricMatcher.call(expected));
  if (isFunction(asymmetricMatch)) {
    // In vitest and Jest, `sample` is the argument that the test passed to the matcher.
    return `${String(expected)}${isString(sample) || sample instanceof RegExp ? ` ${formatValue(sample)}` : ""}`;
  }
  if (!isFunction(expected)) return formatValue(expected);
  const { name } = expected;
  return isString(name) && name !== "" ? `what ${name} accepts` : "what the predicate accepts";
}

/**
 * Describes, in the expected tree, a value that does not match. Where a value matches, that tree has the actual value.
 */
export class ExpectedText {
  readonly #text: string;

  constructor(expected: unknown) {
    this.#text = describeExpected(expected);
  }

  toString(): string {
    return this.#text;
  }
}
