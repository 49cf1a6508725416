/**
 * Prints cells as Markdown tables, which a terminal can also show.
 */
import { GOALS, judge, perChunk, type Cell, type Goal } from "./figures.ts";
import type { Estimate } from "./statistics.ts";
import { MODE_NAMES, MODE_TITLES, type ModeName } from "./telemetry.ts";

const TIME_HEAD = [
  "",
  "case",
  "bare",
  "floor",
  "ours",
  "ours / bare",
  "ours / floor",
  "95 %",
  "floor over bare",
  "ours over bare",
  "IQR",
];
const BYTES_HEAD = ["", "case", "bare", "floor", "ours", "ours / floor", "floor over bare", "ours over bare"];

export function report(cells: readonly Cell[]): string {
  const modes = MODE_NAMES.filter((mode) => cells.some((cell) => cell.mode === mode));
  return [
    goals(cells),
    ...modes.map((mode) =>
      tables(
        mode,
        cells.filter((cell) => cell.mode === mode),
      ),
    ),
  ].join("\n\n");
}

function tables(mode: ModeName, cells: readonly Cell[]): string {
  return [
    `### ${capitalized(MODE_TITLES[mode])}`,
    "Processor time of one call; streams over bare in nanoseconds per chunk:",
    table(TIME_HEAD, cells.map(timeRow)),
    "Allocated by one call; streams over bare in bytes per chunk:",
    table(BYTES_HEAD, cells.map(bytesRow)),
  ].join("\n\n");
}

function timeRow({ major, case: program, time }: Cell): string[] {
  const over = (figure: Estimate): string => {
    const { median } = perChunk(program, figure);
    return program.chunkCount === undefined ? signed(median / 1e3, 2, " µs") : signed(median, 0, " ns");
  };
  const { quartiles } = perChunk(program, time.wrappedOverBare);
  const [low, high] = program.chunkCount === undefined ? quartiles.map((value) => value / 1e3) : quartiles;
  const digits = program.chunkCount === undefined ? 1 : 0;
  return [
    major.name,
    program.title,
    microseconds(time.bare.median),
    microseconds(time.floor.median),
    microseconds(time.wrapped.median),
    time.wrappedToBare.median.toFixed(3),
    time.wrappedToFloor.median.toFixed(3),
    time.wrappedToFloor.interval.map((value) => value.toFixed(3)).join("–"),
    over(time.floorOverBare),
    over(time.wrappedOverBare),
    `${(low ?? NaN).toFixed(digits)} … ${(high ?? NaN).toFixed(digits)}`,
  ];
}

function bytesRow({ major, case: program, bytes }: Cell): string[] {
  const over = (figure: Estimate): string => signed(perChunk(program, figure).median, 0, " B");
  return [
    major.name,
    program.title,
    kilobytes(bytes.bare.median),
    kilobytes(bytes.floor.median),
    kilobytes(bytes.wrapped.median),
    bytes.wrappedToFloor.median.toFixed(3),
    over(bytes.floorOverBare),
    over(bytes.wrappedOverBare),
  ];
}

function goals(cells: readonly Cell[]): string {
  const rows = GOALS.map((goal) => goalRow(goal, cells)).filter((row) => row !== undefined);
  return ["### Goals", table(["goal", "cells", "reached", "within noise", "missed", "farthest"], rows)].join(
    "\n\n",
  );
}

function goalRow({ title, limit, figure }: Goal, cells: readonly Cell[]): string[] | undefined {
  const judged = cells.flatMap((cell) => {
    const value = figure(cell, cells);
    return value === undefined ? [] : [{ cell, median: value.median, verdict: judge(value, limit) }];
  });
  const [farthest] = judged.toSorted((left, right) => right.median - left.median);
  if (farthest === undefined) return undefined;
  const count = (verdict: string): string =>
    String(judged.filter((entry) => entry.verdict === verdict).length);
  const { cell, median } = farthest;
  const where = `${cell.major.name}, ${MODE_TITLES[cell.mode]}, ${cell.case.title}`;
  const digits = limit > 100 ? 0 : 3;
  return [
    title,
    String(judged.length),
    count("reached"),
    count("noise"),
    count("missed"),
    `${median.toFixed(digits)} (${where})`,
  ];
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? "")].map((text) => text.length)),
  );
  // Words are aligned to the left, figures to the right.
  const isWord = head.map((_, column) => column < 2);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => (isWord[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (isWord[column] ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

export function microseconds(nanoseconds: number): string {
  const value = nanoseconds / 1e3;
  return `${value >= 1e3 ? grouped(value) : value.toFixed(1)} µs`;
}

function kilobytes(bytes: number): string {
  const value = bytes / 1024;
  return `${value >= 1e3 ? grouped(value) : value.toFixed(1)} KB`;
}

function signed(value: number, digits: number, unit: string): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}${unit}`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString("en");
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
