/**
 * Computes the figures of one cell (a major, a mode and a case) from samples, and compares them with goals.
 */
import type { Case } from "./cases.ts";
import type { Major } from "./majors.ts";
import type { Measurement, Samples } from "./measure.ts";
import { estimate, paired, type Estimate, type Range } from "./statistics.ts";
import type { ModeName } from "./telemetry.ts";
import type { VariantName } from "./variants.ts";

export interface Cell {
  readonly major: Major;
  readonly mode: ModeName;
  readonly case: Case;
  readonly rounds: number;
  /** Nanoseconds per call. */
  readonly time: Figures;
  /** Bytes per call. */
  readonly bytes: Figures;
}

export interface Figures {
  readonly bare: Estimate;
  readonly floor: Estimate;
  readonly wrapped: Estimate;
  readonly wrappedToBare: Estimate;
  readonly wrappedToFloor: Estimate;
  readonly floorOverBare: Estimate;
  readonly wrappedOverBare: Estimate;
}

export function createCell(
  place: Pick<Cell, "major" | "mode" | "case">,
  { nanoseconds, bytes }: Measurement,
): Cell {
  return { ...place, rounds: nanoseconds.bare.length, time: figures(nanoseconds), bytes: figures(bytes) };
}

function figures(samples: Samples): Figures {
  const pair = (
    left: VariantName,
    right: VariantName,
    combine: (left: number, right: number) => number,
  ): Estimate => paired(samples[left], samples[right], combine);
  const ratio = (left: number, right: number): number => left / right;
  const difference = (left: number, right: number): number => left - right;
  return {
    bare: estimate(samples.bare),
    floor: estimate(samples.floor),
    wrapped: estimate(samples.wrapped),
    wrappedToBare: pair("wrapped", "bare", ratio),
    wrappedToFloor: pair("wrapped", "floor", ratio),
    floorOverBare: pair("floor", "bare", difference),
    wrappedOverBare: pair("wrapped", "bare", difference),
  };
}

/** The extra cost of a call; for a stream, the extra cost per chunk. */
export function perChunk({ chunkCount = 1 }: Case, over: Estimate): Estimate {
  return {
    median: over.median / chunkCount,
    quartiles: [over.quartiles[0] / chunkCount, over.quartiles[1] / chunkCount],
    interval: [over.interval[0] / chunkCount, over.interval[1] / chunkCount],
  };
}

export interface Goal {
  readonly title: string;
  readonly limit: number;
  /** The figure that the goal limits; `undefined` for a cell that the goal does not cover. */
  readonly figure: (cell: Cell, all: readonly Cell[]) => Estimate | undefined;
}

const isCall = ({ case: { group } }: Cell): boolean => group !== "streams";
const isMeasured = ({ mode }: Cell): boolean => mode.endsWith("measured");
/** The floor has no viewer. */
const isViewed = ({ mode }: Cell): boolean => mode === "viewed";
const isWrapper = ({ case: { integration } }: Cell): boolean => integration === undefined;

/** Goals of a shared process. `separate-report.ts` has those of sampled calls and of metrics. */
export const GOALS: readonly Goal[] = [
  {
    title: "no provider: time at most 1.00 × floor",
    limit: 1,
    figure: (cell) => (cell.mode === "none" && isWrapper(cell) ? cell.time.wrappedToFloor : undefined),
  },
  {
    title: "unsampled: time at most 1.00 × floor",
    limit: 1,
    figure: (cell) => (cell.mode === "unsampled" && isWrapper(cell) ? cell.time.wrappedToFloor : undefined),
  },
  {
    title: "streams: at most 250 ns per chunk over bare",
    limit: 250,
    figure: (cell) =>
      isCall(cell) || isMeasured(cell) || isViewed(cell)
        ? undefined
        : perChunk(cell.case, cell.time.wrappedOverBare),
  },
  {
    title: "allocations at most 1.3 × floor",
    limit: 1.3,
    figure: (cell) => (isWrapper(cell) && !isViewed(cell) ? cell.bytes.wrappedToFloor : undefined),
  },
  {
    title: "with a viewer: time at most 1.5 × floor",
    limit: 1.5,
    figure: (cell) => (isViewed(cell) && isWrapper(cell) ? cell.time.wrappedToFloor : undefined),
  },
  {
    title: "200 KB history: over bare at most 1.1 × the bytes of 2 KB",
    limit: 1.1,
    figure: (cell, all) => historyGrowth(cell, all, ({ bytes }) => bytes.wrappedOverBare),
  },
  {
    title: "200 KB history: over bare at most 1.1 × the time of 2 KB, as the floor's grows",
    limit: 1.1,
    figure: (cell, all) => {
      const ours = historyGrowth(cell, all, ({ time }) => time.wrappedOverBare);
      const floors = historyGrowth(cell, all, ({ time }) => time.floorOverBare);
      return ours && floors && quotient(ours, floors);
    },
  },
];

/** The extra cost of a call with a long history, divided by the extra cost of a call with a short one. */
function historyGrowth(
  cell: Cell,
  all: readonly Cell[],
  pick: (cell: Cell) => Estimate,
): Estimate | undefined {
  if (cell.case.name !== "history-200kb") return undefined;
  const small = all.find(
    ({ major, mode, case: { name } }) => major === cell.major && mode === cell.mode && name === "history-2kb",
  );
  return small && quotient(pick(cell), pick(small));
}

/** The quotient of two figures that were not measured in pairs. Its range is infinite where the divisor may be zero. */
function quotient(figure: Estimate, by: Estimate): Estimate {
  const divide = ([low, high]: Range, [byLow, byHigh]: Range): Range =>
    byLow <= 0 ? [-Infinity, Infinity] : [low / byHigh, high / byLow];
  return {
    median: figure.median / by.median,
    quartiles: divide(figure.quartiles, by.quartiles),
    interval: divide(figure.interval, by.interval),
  };
}

/** `noise`: the median misses the goal, but its confidence interval includes the goal. */
export type Verdict = "reached" | "noise" | "missed";

export function judge({ median, interval }: Estimate, limit: number): Verdict {
  if (median <= limit) return "reached";
  return interval[0] <= limit ? "noise" : "missed";
}
