/**
 * Measures `withLinkedTrace` over a batch of messages and over a batch eight times as long, in the same rounds. The
 * ratio shows whether its work grows in proportion to the batch.
 */
import { withLinkedTrace } from "../src/propagation.ts";
import { judge } from "./figures.ts";
import { table } from "./report.ts";
import { estimate, paired, type Estimate } from "./statistics.ts";
import { register } from "./telemetry.ts";

/** The name of this measurement for `--case`. */
export const BATCHES = "batches";

const SMALL = 1_000;
const LARGE = 8_000;
/** Twice the ratio of proportional growth, because a larger heap collects garbage more often. */
const RATIO_LIMIT = (2 * LARGE) / SMALL;
const WARMUP_MS = 300;

interface BatchCase {
  readonly title: string;
  /** The `traceparent` header of a message, by the message's number; `undefined` for a message without one. */
  readonly traceparent: (index: number) => string | undefined;
}

const CASES: readonly BatchCase[] = [
  { title: "a sender each", traceparent: traceparentOf },
  { title: "one sender", traceparent: () => traceparentOf(0) },
  { title: "no sender", traceparent: () => undefined },
];

interface BatchFigures {
  readonly title: string;
  /** Nanoseconds per batch. */
  readonly small: Estimate;
  readonly large: Estimate;
  readonly ratio: Estimate;
}

export interface BatchEffort {
  readonly roundsMs: number;
  readonly leastRounds: number;
  readonly batchMs: number;
}

/** @returns a section of the report */
export function measureBatches(effort: BatchEffort): string {
  const unregister = register("sampled");
  const figures = CASES.map((batch) => measureCase(batch, effort));
  unregister();
  return [
    "### Batches",
    `Processor time of \`withLinkedTrace\` over a Kafka batch of ${SMALL.toLocaleString("en")} and of ${LARGE.toLocaleString("en")} messages; goal: at most ${RATIO_LIMIT} times as much.`,
    table(["messages with", "verdict", "1,000", "8,000", "8,000 / 1,000", "95 %"], figures.map(row)),
  ].join("\n\n");
}

function measureCase({ title, traceparent }: BatchCase, effort: BatchEffort): BatchFigures {
  const programs = [SMALL, LARGE].map((size) => programOf(size, traceparent));
  const [small, large] = programs.map((run) => ({
    run,
    calls: callsFor(run, effort.batchMs),
    samples: [] as number[],
  }));
  if (!small || !large) throw new Error("there are two sizes");
  const begin = performance.now();
  for (let round = 0; round < effort.leastRounds || performance.now() - begin < effort.roundsMs; round += 1) {
    // Each size is measured first in every other round.
    for (const size of round % 2 === 0 ? [small, large] : [large, small]) {
      size.samples.push(nanosecondsOf(size.run, size.calls));
    }
  }
  return {
    title,
    small: estimate(small.samples),
    large: estimate(large.samples),
    ratio: paired(large.samples, small.samples, (left, right) => left / right),
  };
}

function programOf(size: number, traceparent: BatchCase["traceparent"]): () => void {
  const messages = Array.from({ length: size }, (_, index) => {
    const header = traceparent(index);
    const headers = header === undefined ? {} : { traceparent: Buffer.from(header) };
    return { key: null, value: Buffer.from("v"), offset: `${index}`, headers };
  });
  const source = { topic: "bookings", messages };
  return () => withLinkedTrace({ name: "process bookings", source }, () => {});
}

function traceparentOf(index: number): string {
  const id = (index + 1).toString(16);
  return `00-${id.padStart(32, "0")}-${id.padStart(16, "0")}-01`;
}

/** Warms up, and returns the number of calls that take about `batchMs`. */
function callsFor(run: () => void, batchMs: number): number {
  const begin = performance.now();
  let calls = 0;
  do {
    run();
    calls += 1;
  } while (performance.now() - begin < WARMUP_MS);
  return Math.max(1, Math.round((batchMs * calls) / WARMUP_MS));
}

function nanosecondsOf(run: () => void, calls: number): number {
  const begin = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) run();
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1e3) / calls;
}

function row({ title, small, large, ratio }: BatchFigures): string[] {
  const milliseconds = ({ median }: Estimate): string => `${(median / 1e6).toFixed(2)} ms`;
  return [
    title,
    judge(ratio, RATIO_LIMIT),
    milliseconds(small),
    milliseconds(large),
    ratio.median.toFixed(2),
    ratio.interval.map((value) => value.toFixed(2)).join("–"),
  ];
}
