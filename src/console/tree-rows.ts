/** Writes the texts for each line of a printed tree. */
import type { PrintedOutcome, PrintedSpan } from "./exported-span.ts";
import type { PlacedSpan } from "./span-forest.ts";

/** The columns of numbers, from left to right. */
export const NUMBER_COLUMNS = ["duration", "tokens", "first chunk"] as const;
export type NumberColumn = (typeof NUMBER_COLUMNS)[number];

export interface TreeRow {
  readonly branch: string;
  readonly name: string;
  readonly outcome: PrintedOutcome;
  /** An empty text if the span did not record the number. */
  readonly numbers: Readonly<Record<NumberColumn, string>>;
  /** When the span starts and ends, as parts of the tree's time from 0 to 1. */
  readonly from: number;
  readonly to: number;
}

/**
 * The most levels of a branch that are printed. A deeper branch begins with an ellipsis and has only its last levels.
 */
const BRANCH_LEVELS = 24;
const COUNTS = new Intl.NumberFormat("en-US");

export function treeRows(placed: readonly PlacedSpan[]): TreeRow[] {
  const startMs = placed.reduce((least, { span }) => Math.min(least, span.startMs), Infinity);
  const endMs = placed.reduce((most, { span }) => Math.max(most, span.startMs + span.durationMs), -Infinity);
  const lengthMs = endMs - startMs || 1;
  /**
   * One entry for each level down to the current span: whether the span at that level is the last one below its parent.
   */
  const isLastAt: boolean[] = [];
  return placed.map(({ span, depth, isLast }) => {
    isLastAt[depth] = isLast;
    return {
      branch: branchOf(isLastAt, depth),
      name: span.name,
      outcome: span.outcome,
      numbers: {
        duration: formatMilliseconds(span.durationMs),
        tokens: formatTokens(span),
        "first chunk": span.firstChunkMs === undefined ? "" : formatMilliseconds(span.firstChunkMs),
      },
      from: (span.startMs - startMs) / lengthMs,
      to: (span.startMs + span.durationMs - startMs) / lengthMs,
    };
  });
}

function branchOf(isLastAt: readonly boolean[], depth: number): string {
  if (depth === 0) return "";
  const first = Math.max(1, depth - BRANCH_LEVELS);
  const rails = isLastAt.slice(first, depth).map((isLast) => (isLast ? "    " : "│   "));
  return `${first > 1 ? "… " : ""}${rails.join("")}${isLastAt[depth] ? "└── " : "├── "}`;
}

function formatMilliseconds(milliseconds: number): string {
  const rounded = Math.round(milliseconds);
  if (rounded < 1000) return `${rounded} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.995) return `${seconds.toFixed(2)} s`;
  const wholeSeconds = Math.round(seconds);
  return `${COUNTS.format(Math.floor(wholeSeconds / 60))} min ${wholeSeconds % 60} s`;
}

function formatTokens({ inputTokens, outputTokens }: PrintedSpan): string {
  if (inputTokens === undefined && outputTokens === undefined) return "";
  return `${formatCount(inputTokens)} → ${formatCount(outputTokens)}`;
}

function formatCount(count: number | undefined): string {
  return count === undefined ? "?" : COUNTS.format(count);
}
