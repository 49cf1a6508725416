/**
 * Prints what separate processes took, with the goals that the figures have to reach.
 */
import type { Case } from "./cases.ts";
import { judge } from "./figures.ts";
import type { MajorName } from "./majors.ts";
import { capitalized, microseconds, table } from "./report.ts";
import { BATCHES, COLD_CALLS, WARMUP_CALLS, WARMUP_MS, type SeparateSamples } from "./separate.ts";
import { estimate, paired, type Estimate } from "./statistics.ts";
import { MODE_TITLES, type ModeName } from "./telemetry.ts";

/** One row: a case of a major in a mode. */
export interface SeparateCell {
  readonly major: MajorName;
  readonly mode: ModeName;
  readonly case: Case;
  readonly samples: SeparateSamples;
}

const HEAD = [
  "",
  "case",
  "bare",
  "floor",
  "ours",
  "ours / floor",
  "range",
  "goal",
  "",
  "cold: bare",
  "floor",
  "ours",
];
const COLD_HEAD = ["ours / floor", "range", "goal", ""];
const COLD_GOAL = 1.25;

export function reportSeparate(cells: readonly SeparateCell[]): string {
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  return [
    `Processor time of one call, each variant in a process of its own: *cold* is the mean of the first ${COLD_CALLS} calls, the columns before it are the median of ${BATCHES} batches after ${grouped(WARMUP_CALLS)} calls and another ${WARMUP_MS / 1e3} seconds.`,
    ...modes.flatMap((mode) => [
      `#### ${capitalized(MODE_TITLES[mode])}, separate processes`,
      table([...HEAD, ...COLD_HEAD], cells.filter((cell) => cell.mode === mode).map(row)),
    ]),
  ].join("\n\n");
}

function row(cell: SeparateCell): string[] {
  const { cold, warm } = cell.samples;
  const ratio = ({ wrapped, floor }: typeof warm): Estimate =>
    paired(wrapped, floor, (left, right) => left / right);
  const times = ({ bare, floor, wrapped }: typeof warm): string[] =>
    [bare, floor, wrapped].map((values) => microseconds(estimate(values).median));
  return [
    cell.major,
    cell.case.title,
    ...times(warm),
    ...judged(ratio(warm), warmGoal(cell)),
    ...times(cold),
    ...judged(ratio(cold), cell.case.integration === "empty" ? undefined : COLD_GOAL),
  ];
}

function judged(figure: Estimate, goal: number | undefined): string[] {
  return [
    figure.median.toFixed(3),
    figure.interval.map((value) => value.toFixed(3)).join("–"),
    goal?.toFixed(2) ?? "",
    goal === undefined ? "" : judge(figure, goal),
  ];
}

/** The highest ratio to the floor that the project wants; `undefined` for a case that only shows where time goes. */
function warmGoal({ mode, case: { integration, toolCount = 0 } }: SeparateCell): number | undefined {
  if (integration === "empty") return undefined;
  if (integration === "ours") return toolCount > 0 ? 1.15 : 1.25;
  if (mode === "measured") return 1.2;
  if (mode === "unsampled-measured") return 1.15;
  return toolCount > 0 ? 1.12 : 1.1;
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
