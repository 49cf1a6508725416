/**
 * Computes medians with their spread. Every figure of the benchmark is an `Estimate`, so its noise is always visible.
 */
export type Range = readonly [low: number, high: number];

export interface Estimate {
  readonly median: number;
  /** Interquartile range. */
  readonly quartiles: Range;
  /** The true median lies in this range with a confidence of 95 %, whatever the distribution. */
  readonly interval: Range;
}

export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((left, right) => left - right);
  // Ranks of the sign test: each value is above or below the true median with a probability of one half.
  const reach = (1.96 * Math.sqrt(sorted.length)) / 2;
  const middle = (sorted.length - 1) / 2;
  return {
    median: atRank(sorted, middle),
    quartiles: [atRank(sorted, middle / 2), atRank(sorted, middle * 1.5)],
    interval: [atRank(sorted, middle - reach), atRank(sorted, middle + reach)],
  };
}

/** Combines element by element, so that each round is compared with itself. */
export function paired(
  left: readonly number[],
  right: readonly number[],
  combine: (left: number, right: number) => number,
): Estimate {
  return estimate(left.map((value, index) => combine(value, right[index] ?? NaN)));
}

/** Interpolates between two neighbors. A rank outside the list gets the first or the last value. */
function atRank(sorted: readonly number[], rank: number): number {
  const last = sorted.length - 1;
  const clamped = Math.min(Math.max(rank, 0), last);
  const below = sorted[Math.floor(clamped)] ?? NaN;
  const above = sorted[Math.ceil(clamped)] ?? NaN;
  return below + (above - below) * (clamped % 1);
}
