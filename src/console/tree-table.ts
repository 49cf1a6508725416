/**
 * Formats rows as lines with columns. If a line would be too wide, columns are left out in this order: "first chunk",
 * bars, tokens, durations. Names and outcomes are cut only after that.
 */
import type { PrintedOutcome } from "./exported-span.ts";
import { cutToWidth, displayWidth } from "./printable-text.ts";
import { NUMBER_COLUMNS, type NumberColumn, type TreeRow } from "./tree-rows.ts";

export interface TableLayout {
  /** The most columns of a line. Absent: no limit. */
  readonly width: number | undefined;
  readonly hasColor: boolean;
}

/** The width of each column. A column of width 0 is left out. */
interface ColumnWidths {
  readonly name: number;
  readonly outcome: number;
  readonly numbers: ReadonlyMap<NumberColumn, number>;
  readonly bar: number;
}

type Color = PrintedOutcome["kind"] | "dim";

const COLORS: Readonly<Record<Color, string>> = {
  ok: "\u001b[32m",
  canceled: "\u001b[33m",
  error: "\u001b[31m",
  pending: "\u001b[36m",
  dim: "\u001b[2m",
};
const RESET = "\u001b[0m";

const GAP = "  ";
const TITLES: Readonly<Record<NumberColumn, string>> = {
  duration: "duration",
  tokens: "tokens",
  "first chunk": "first chunk",
};
/** Names are cut below this width only after all other columns were left out. */
const NAME_WIDTH = 40;
const OUTCOME_WIDTH = 40;
/** A line that is narrower than this has only the name. */
const LEAST_WIDTH_WITH_OUTCOME = 24;
const BAR_WIDTH = { least: 8, most: 24, unlimited: 16 };

interface Choice {
  readonly numbers: readonly NumberColumn[];
  readonly hasBar: boolean;
}

/** What a line has beside name and outcome. The first choice that fits is used. */
const CHOICES: readonly Choice[] = [
  { numbers: NUMBER_COLUMNS, hasBar: true },
  { numbers: ["duration", "tokens"], hasBar: true },
  { numbers: ["duration", "tokens"], hasBar: false },
  { numbers: ["duration"], hasBar: false },
  { numbers: [], hasBar: false },
];

/** @returns a line of titles, and a line for each row. No line ends with a line break. */
export function tableLines(rows: readonly TreeRow[], layout: TableLayout): string[] {
  const widths = fitColumns(rows, layout.width ?? Infinity);
  const paint = (text: string, color: Color): string =>
    layout.hasColor && text !== "" ? `${COLORS[color]}${text}${RESET}` : text;

  const line = (name: string, outcome: string, numbers: Readonly<Record<NumberColumn, string>>): string[] => [
    name,
    ...(widths.outcome > 0 ? [outcome] : []),
    ...Array.from(widths.numbers, ([column, width]) => numbers[column].padStart(width)),
  ];
  const title = line(
    padEnd("span", "span", widths.name),
    padEnd("outcome", "outcome", widths.outcome),
    TITLES,
  );
  if (widths.bar > 0) title.push("time");
  const lines = rows.map(({ outcome, numbers, ...row }) => {
    const branch = cutToWidth(row.branch, widths.name);
    const name = cutToWidth(row.name, widths.name - displayWidth(branch));
    const words = cutToWidth(outcome.words, widths.outcome);
    const cells = line(
      padEnd(branch + name, paint(branch, "dim") + name, widths.name),
      padEnd(words, paint(words, outcome.kind), widths.outcome),
      numbers,
    );
    if (widths.bar > 0) {
      const { before, drawn } = barOf(row, widths.bar);
      cells.push(before + paint(drawn, outcome.kind));
    }
    return cells.join(GAP).trimEnd();
  });
  return [paint(cutToWidth(title.join(GAP).trimEnd(), layout.width ?? Infinity), "dim"), ...lines];
}

/** Adds spaces up to the width. `plain` is measured, because `painted` has escape sequences that take no column. */
function padEnd(plain: string, painted: string, width: number): string {
  return painted + " ".repeat(Math.max(0, width - displayWidth(plain)));
}

/**
 * Draws the part of the time that a span takes. The bar has at least one column and ends at the last column at most.
 */
function barOf({ from, to }: Pick<TreeRow, "from" | "to">, width: number): { before: string; drawn: string } {
  const start = Math.min(width - 1, Math.floor(from * width));
  const length = Math.max(1, Math.round(to * width) - start);
  return { before: " ".repeat(start), drawn: "━".repeat(Math.min(length, width - start)) };
}

function fitColumns(rows: readonly TreeRow[], limit: number): ColumnWidths {
  const name = widest(rows, "span", (row) => row.branch + row.name);
  const outcome = Math.min(
    OUTCOME_WIDTH,
    widest(rows, "outcome", (row) => row.outcome.words),
  );
  const least = Math.min(name, NAME_WIDTH);
  for (const { numbers, hasBar } of CHOICES) {
    const filled = numbers.filter((column) => rows.some((row) => row.numbers[column] !== ""));
    const widths = new Map(
      filled.map((column) => [column, widest(rows, column, (row) => row.numbers[column])] as const),
    );
    const left = limit - [outcome, ...widths.values()].reduce((sum, width) => sum + GAP.length + width, 0);
    const leastBar = hasBar ? GAP.length + BAR_WIDTH.least : 0;
    if (least + leastBar > left) continue;
    const nameWidth = Math.min(name, left - leastBar);
    const barSpace = limit === Infinity ? BAR_WIDTH.unlimited : left - nameWidth - GAP.length;
    return {
      name: nameWidth,
      outcome,
      numbers: widths,
      bar: hasBar ? Math.min(BAR_WIDTH.most, barSpace) : 0,
    };
  }
  if (limit < LEAST_WIDTH_WITH_OUTCOME) return { name: limit, outcome: 0, numbers: new Map(), bar: 0 };
  const cutOutcome = Math.min(outcome, Math.floor(limit / 2) - GAP.length);
  return { name: limit - GAP.length - cutOutcome, outcome: cutOutcome, numbers: new Map(), bar: 0 };
}

function widest(rows: readonly TreeRow[], title: string, textOf: (row: TreeRow) => string): number {
  return rows.reduce((most, row) => Math.max(most, displayWidth(textOf(row))), title.length);
}
