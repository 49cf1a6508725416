/**
 * The error of a failed assertion, in the shape that test runners know.
 */

/**
 * What the assertions throw: `message` says all of it; `actual` and `expected` are texts whose difference vitest, Jest,
 * `node:test` and others print. Made like Node's `AssertionError`, without being one.
 */
export class SpanAssertionError extends Error {
  override readonly name = "AssertionError";
  /** As in Node's errors: what tells runners that `actual` and `expected` can be compared. */
  readonly code = "ERR_ASSERTION";
  readonly actual: unknown;
  readonly expected: unknown;
  /** The assertion that failed. */
  readonly operator: string;

  constructor(message: string, { actual, expected, operator }: FailedComparison) {
    super(message);
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

export interface FailedComparison {
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
}
