/**
 * The tables of a load, as Markdown.
 */
import {
  failuresOf,
  growthOf,
  lostBySDK,
  percent,
  runsOf,
  totalOf,
  type LoadOutcome,
  type ModeOutcome,
} from "./outcome.ts";

const MEGABYTE = 1024 * 1024;

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const ms = (value: number): string =>
  `${value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ms`;
const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;
const count = (value: number): string => value.toLocaleString("en");

type Row = readonly [title: string, cell: (mode: ModeOutcome) => string];

const ROWS: readonly Row[] = [
  ["runs", ({ slices }) => count(totalOf(runsOf(slices)))],
  ["most streams open at once", ({ slices }) => count(Math.max(...slices.map(({ load }) => load.mostOpen)))],
  ["runs a second", (mode) => (totalOf(runsOf(mode.slices)) / (elapsedMs(mode) / 1_000)).toFixed(1)],
  ["processor time of a run", (mode) => ms(cpuMsOfRun(mode))],
  ["first byte, p50", (mode) => ms(percentile(firstBytes(mode), 0.5))],
  ["first byte, p99", (mode) => ms(percentile(firstBytes(mode), 0.99))],
  ["whole response, p50", (mode) => ms(percentile(wholes(mode), 0.5))],
  ["whole response, p99", (mode) => ms(percentile(wholes(mode), 0.99))],
  ["delay of the event loop, p50", (mode) => ms(mostOf(mode, ({ loopDelayMs }) => loopDelayMs.p50))],
  ["delay of the event loop, p99", (mode) => ms(mostOf(mode, ({ loopDelayMs }) => loopDelayMs.p99))],
  ["delay of the event loop, longest", (mode) => ms(mostOf(mode, ({ loopDelayMs }) => loopDelayMs.max))],
  ["heap at rest, after the first turn", ({ before }) => megabytes(before.heapBytes)],
  ["heap at rest, at the end", (mode) => `${megabytes(mode.after.heapBytes)} (${signed(growthOf(mode))})`],
  ["heap at the peak", (mode) => megabytes(mostOf(mode, ({ peakHeapBytes }) => peakHeapBytes))],
  ["resident memory at the peak", (mode) => megabytes(mostOf(mode, ({ peakRssBytes }) => peakRssBytes))],
  ["requests that failed", (mode) => count(totalOf(failuresOf(mode)))],
];

export function comparison(modes: readonly ModeOutcome[]): string {
  return table(
    ["", ...modes.map(({ mode }) => mode)],
    ROWS.map(([title, cell]) => [title, ...modes.map(cell)]),
  );
}

export function spanTable({ traced, received, stopped }: LoadOutcome): string {
  const { counts, processed } = traced.finished;
  const { queue_full: dropped = 0, ...failed } = lostBySDK(processed);
  return table(
    ["spans", "faults of the receiver", "SIGTERM in the middle"],
    [
      ["started", count(counts?.started ?? 0), count(stopped.counts.started)],
      ["ended", count(counts?.ended ?? 0), count(stopped.counts.ended)],
      ["ended twice", count(counts?.endedTwice ?? 0), count(stopped.counts.endedTwice)],
      ["exported, by the processor's count", count(processed["exported"] ?? 0), ""],
      ["dropped by the processor, because its queue was full", count(dropped), "0"],
      ["dropped by the processor, because the export failed after its retries", count(totalOf(failed)), "0"],
      ["arrived", count(received.spans), count(stopped.received.spans)],
      ["arrived twice", count(received.repeated), count(stopped.received.repeated)],
      [
        "runs that ended as canceled/shutdown",
        count(received.outcomes["invoke_agent shutdown"] ?? 0),
        count(stopped.received.outcomes["invoke_agent shutdown"] ?? 0),
      ],
      [
        "lost and not counted by the SDK",
        count(notCounted(traced, received.spans)),
        count(stopped.counts.started - stopped.received.spans),
      ],
    ],
  );
}

function notCounted({ finished }: ModeOutcome, arrived: number): number {
  return (finished.counts?.started ?? 0) - totalOf(lostBySDK(finished.processed)) - arrived;
}

/** The runs by how their root spans ended, and the requests by the fault that they met. */
export function details({ received }: LoadOutcome): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([name, number]) => `${name} ${count(number)}`)
      .join(", ");
  const runs = Object.fromEntries(
    Object.entries(received.outcomes)
      .filter(([name]) => name.startsWith("invoke_agent "))
      .map(([name, number]) => [name.slice("invoke_agent ".length), number]),
  );
  return [
    `Runs that arrived, by their end: ${list(runs)}.`,
    `Requests to the receiver that met a fault: ${list(received.faulty)}.`,
    `Spans came in ${count(received.batches)} batches of ${count(Math.round(received.bytes / received.batches))} bytes (JSON) on average.`,
  ].join("\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

export function cpuMsOfRun({ slices }: Pick<ModeOutcome, "slices">): number {
  return slices.reduce((sum, { usage }) => sum + usage.cpuMs, 0) / totalOf(runsOf(slices));
}

function elapsedMs({ slices }: ModeOutcome): number {
  return slices.reduce((sum, { load }) => sum + load.elapsedMs, 0);
}

const firstBytes = ({ slices }: ModeOutcome): number[] => slices.flatMap(({ load }) => load.firstByteMs);
const wholes = ({ slices }: ModeOutcome): number[] => slices.flatMap(({ load }) => load.wholeMs);

function mostOf(
  { slices }: ModeOutcome,
  pick: (usage: ModeOutcome["slices"][number]["usage"]) => number,
): number {
  return Math.max(...slices.map(({ usage }) => pick(usage)));
}

const signed = (share: number): string => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
