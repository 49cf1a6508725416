/**
 * Whether a value is as expected: equal, or what a matcher, a predicate or a pattern accepts. Knows no test runner.
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

/** What accepts values in another way than by being equal to them. */
function matcherOf(expected: unknown): ((actual: unknown) => boolean) | undefined {
  if (expected instanceof RegExp) return (actual) => isString(actual) && actual.search(expected) !== -1;
  // Jest's, vitest's, Jasmine's and Chai's asymmetric matchers.
  const asymmetric = asRecord(expected)?.asymmetricMatch;
  if (isFunction(asymmetric)) return (actual) => Boolean(asymmetric.call(expected, actual));
  // Only `true`: a promise, or what a class makes of the value (`String`), says nothing.
  return isFunction(expected) ? (actual) => Reflect.apply(expected, undefined, [actual]) === true : undefined;
}

/** An expected value as a line of text. */
export function describeExpected(expected: unknown): string {
  if (Array.isArray(expected)) return `[${expected.map(describeExpected).join(", ")}]`;
  const { toAsymmetricMatcher, asymmetricMatch, sample } = asRecord(expected) ?? {};
  if (isFunction(toAsymmetricMatcher)) return String(toAsymmetricMatcher.call(expected));
  if (isFunction(asymmetricMatch)) {
    // What vitest's and Jest's matchers were given.
    return `${String(expected)}${isString(sample) || sample instanceof RegExp ? ` ${formatValue(sample)}` : ""}`;
  }
  if (!isFunction(expected)) return formatValue(expected);
  const { name } = expected;
  return isString(name) && name !== "" ? `what ${name} accepts` : "what the predicate accepts";
}

/** Where the actual value is as expected it stands for the expected one, so that only differences differ. */
export class Described {
  readonly #text: string;

  constructor(expected: unknown) {
    this.#text = describeExpected(expected);
  }

  toString(): string {
    return this.#text;
  }
}
