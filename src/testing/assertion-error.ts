/** Defines the error of a failed assertion, with the properties that test runners read. */

/**
 * The error that the assertions throw. `message` is complete. `actual` and `expected` are texts whose difference
 * vitest, Jest, `node:test` and other runners print. The class has the properties of Node's `AssertionError`, but
 * does not extend it.
 *
 * @example
 * await expect(expectAllEnded(recorder, { timeoutMs: 0 })).rejects.toThrow(SpanAssertionError);
 */
export class SpanAssertionError extends Error {
  override readonly name = "AssertionError";
  /** The code of Node's assertion errors. Runners that find it print the difference of `actual` and `expected`. */
  readonly code = "ERR_ASSERTION";
  readonly actual: unknown;
  readonly expected: unknown;
  /** The name of the failed assertion, such as `expectSpanTree`. */
  readonly operator: string;

  constructor(message: string, { actual, expected, operator }: FailedComparison) {
    super(message);
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

/** The two compared values, and the assertion that compared them. */
export interface FailedComparison {
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
}
