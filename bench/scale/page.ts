/**
 * The tables of docs/guide/operating.md on scale. The measured sizes are in `measured.json`; everything else is computed
 * from them. `npm run bench:scale` measures again and writes both.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { COLLECTOR_BATCH, PROCESSOR, SPANS_OF_A_COLLECTOR_CORE, TAIL_SAMPLING } from "./limits.ts";
import type { Measured } from "./measured.ts";
import {
  fleetOf,
  highestRate,
  KEPT,
  LONG_WAIT_SECONDS,
  meanRun,
  RUNS_OF_A_PROCESS,
  seriesOf,
  type Cardinality,
  type Fleet,
} from "./simulation.ts";

const PAGE = "docs/guide/operating.md";
const MEASURED = "bench/scale/measured.json";
const BEGIN = "<!-- Written by `npm run bench:scale` -->";
const END = "<!-- End of what `npm run bench:scale` has written -->";

const RATES = [10, 1_000, 100_000];
const EXPORTS_MS = [10, 100, 1_000];

const SERVICES: readonly (readonly [title: string, Cardinality])[] = [
  [
    "a service with 3 agents, 2 models, 10 tools, 3 error types",
    { agents: 3, models: 2, tools: 10, outcomes: 4 },
  ],
  ["20 agents, 6 models, 60 tools, 6 error types", { agents: 20, models: 6, tools: 60, outcomes: 7 }],
  ["300 agents, 15 models, 500 tools, 10 error types", { agents: 300, models: 15, tools: 500, outcomes: 11 }],
];

export function readMeasured(): Measured {
  return JSON.parse(readFileSync(MEASURED, "utf8")) as Measured;
}

export function writeMeasured(measured: Measured): void {
  writeFileSync(MEASURED, `${JSON.stringify(measured, undefined, 2)}\n`);
}

/** @returns what the page has between the marks; `undefined` without marks */
export function sectionOfPage(): string | undefined {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  return from === -1 || to === -1 ? undefined : page.slice(from + BEGIN.length, to).trim();
}

export function writeSection(section: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to === -1) throw new Error(`${PAGE} has no marks`);
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n\n${section}\n\n${page.slice(to)}`);
}

export function scaleSection(measured: Measured): string {
  const run = meanRun(measured);
  const bytesOfSpan = run.bytes / run.spans;
  const fleets = RATES.map((rate) => fleetOf(rate, run));
  return [
    "Measured: the runs of `npm run demo` on AI SDK 7, serialized by OpenTelemetry's own serializers, in batches of 512 spans. A batch has runs of one kind, each with ids, times and numbers of its own.",
    table(
      ["a run of the demo", "spans", "OTLP, protobuf", "gzip", "OTLP, JSON"],
      [
        ...measured.runs.map(({ title, spans, bytes, gzipBytes, jsonBytes }) => [
          title,
          count(spans),
          size(bytes),
          size(gzipBytes),
          size(jsonBytes),
        ]),
        ["mean", run.spans.toFixed(1), size(run.bytes), size(run.gzipBytes), ""],
        ["mean of a span", "1", size(bytesOfSpan), size(run.gzipBytes / run.spans), ""],
      ],
    ),
    `Computed from the mean run, with ${RUNS_OF_A_PROCESS} runs a second in a process. Limits: a \`BatchSpanProcessor\` queues ${count(PROCESSOR.queueSize)} spans; a core of a Collector takes ${count(SPANS_OF_A_COLLECTOR_CORE)} spans a second without tail sampling (the sizing page of Splunk's distribution; OpenTelemetry states none); \`tail_sampling\` holds ${count(TAIL_SAMPLING.numTraces)} traces by default.`,
    table(
      ["runs a second", ...RATES.map(count)],
      fleetRows().map(([title, cell]) => [title, ...fleets.map(cell)]),
    ),
    `Computed by playing a \`BatchSpanProcessor\` with its defaults (${PROCESSOR.batchSize} spans or ${PROCESSOR.delayMs / 1_000} s, one export at a time) for a minute:`,
    table(
      ["an export takes", "highest rate of which nothing is dropped", "runs a second in a process"],
      EXPORTS_MS.map((exportMs) => {
        const rate = highestRate(exportMs);
        return [`${count(exportMs)} ms`, `${rounded(rate)} spans a second`, rounded(rate / run.spans)];
      }),
    ),
    "Computed from the attributes and buckets of the demo's metrics (measured), if every combination occurs:",
    table(
      ["metrics", "time series of one process", "of 40 processes, each with its own label"],
      SERVICES.map(([title, counts]) => {
        const series = seriesOf(measured.metrics, counts);
        return [title, rounded(series), rounded(series * 40)];
      }),
    ),
  ].join("\n\n");
}

function fleetRows(): (readonly [title: string, cell: (fleet: Fleet) => string])[] {
  const { decisionWaitSeconds } = TAIL_SAMPLING;
  return [
    ["processes", ({ processes }) => count(processes)],
    ["spans a second", ({ spansPerSecond }) => rounded(spansPerSecond)],
    ["OTLP a second", ({ bytesPerSecond }) => size(bytesPerSecond)],
    ["OTLP a second, gzip", ({ gzipBytesPerSecond }) => size(gzipBytesPerSecond)],
    ["OTLP a day", ({ bytesPerDay }) => size(bytesPerDay)],
    [
      "no receiver: the queue of a process is full after",
      ({ queueSeconds }) => `${queueSeconds.toFixed(0)} s`,
    ],
    [
      "batches a second into a gateway, of full batches",
      ({ spansPerSecond }) => rounded(spansPerSecond / COLLECTOR_BATCH.size),
    ],
    ["cores of Collectors, without tail sampling", ({ collectorCores }) => count(collectorCores)],
    [
      `traces that tail sampling holds, \`decision_wait\` ${decisionWaitSeconds} s`,
      ({ heldTraces }) => rounded(heldTraces.short),
    ],
    [`the same, \`decision_wait\` ${LONG_WAIT_SECONDS} s`, ({ heldTraces }) => rounded(heldTraces.long)],
    [
      `their spans as OTLP, ${decisionWaitSeconds} s (memory: more)`,
      ({ heldBytes }) => size(heldBytes.short),
    ],
    [`the same, ${LONG_WAIT_SECONDS} s`, ({ heldBytes }) => size(heldBytes.long)],
    [
      `Collectors for these traces with the default \`num_traces\`, ${decisionWaitSeconds} s / ${LONG_WAIT_SECONDS} s`,
      ({ defaultCollectors }) => `${count(defaultCollectors.short)} / ${count(defaultCollectors.long)}`,
    ],
    [
      `kept a day: ${KEPT.failed * 100} % failed or canceled, and ${KEPT.share * 100} % of the rest`,
      ({ keptBytesPerDay }) => size(keptBytesPerDay),
    ],
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

function count(value: number): string {
  return value.toLocaleString("en");
}

/** Two significant digits, because the inputs are no better. */
function rounded(value: number): string {
  if (value < 10) return value.toPrecision(2);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return count(Math.round(value / unit) * unit);
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** In powers of 1,000, with two significant digits. */
function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
  return `${rounded(bytes / 1_000 ** power)} ${UNITS[power]}`;
}
