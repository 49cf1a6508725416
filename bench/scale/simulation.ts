/**
 * What a fleet produces and where it meets a limit: computed from the measured sizes and the documented limits. Pure.
 */
import { PROCESSOR, SPANS_OF_A_COLLECTOR_CORE, TAIL_SAMPLING } from "./limits.ts";
import type { Measured, MeasuredMetric } from "./measured.ts";

/** Runs a second of one process. A process has one core for its code, and the load takes some 20 ms of it for a run. */
export const RUNS_OF_A_PROCESS = 25;
/** What tail sampling keeps: failed and canceled runs, and a share of the rest. */
export const KEPT = { failed: 0.03, share: 0.05 } as const;
/** Long enough for a run of two minutes. */
export const LONG_WAIT_SECONDS = 150;

const SECONDS_OF_A_DAY = 86_400;

/** The mean of the demo's runs. */
export interface MeanRun {
  readonly spans: number;
  readonly bytes: number;
  readonly gzipBytes: number;
}

export function meanRun({ runs }: Measured): MeanRun {
  const mean = (pick: "spans" | "bytes" | "gzipBytes"): number =>
    runs.reduce((sum, run) => sum + run[pick], 0) / runs.length;
  return { spans: mean("spans"), bytes: mean("bytes"), gzipBytes: mean("gzipBytes") };
}

export interface Fleet {
  readonly runsPerSecond: number;
  readonly processes: number;
  readonly spansPerSecond: number;
  readonly bytesPerSecond: number;
  readonly gzipBytesPerSecond: number;
  readonly bytesPerDay: number;
  /** How long the queue of each process holds out while nothing takes its spans. */
  readonly queueSeconds: number;
  readonly collectorCores: number;
  /** Traces that tail sampling holds, by its `decision_wait`. */
  readonly heldTraces: Readonly<Record<"short" | "long", number>>;
  readonly heldBytes: Readonly<Record<"short" | "long", number>>;
  /** Collectors whose `num_traces` is left at its default. */
  readonly defaultCollectors: Readonly<Record<"short" | "long", number>>;
  readonly keptBytesPerDay: number;
}

export function fleetOf(runsPerSecond: number, run: MeanRun): Fleet {
  const processes = Math.ceil(runsPerSecond / RUNS_OF_A_PROCESS);
  const spansPerSecond = runsPerSecond * run.spans;
  const bytesPerSecond = runsPerSecond * run.bytes;
  const bytesPerDay = bytesPerSecond * SECONDS_OF_A_DAY;
  const waits = { short: TAIL_SAMPLING.decisionWaitSeconds, long: LONG_WAIT_SECONDS };
  const byWait = (compute: (seconds: number) => number) => ({
    short: compute(waits.short),
    long: compute(waits.long),
  });
  return {
    runsPerSecond,
    processes,
    spansPerSecond,
    bytesPerSecond,
    gzipBytesPerSecond: runsPerSecond * run.gzipBytes,
    bytesPerDay,
    queueSeconds: secondsUntilFull(spansPerSecond / processes),
    collectorCores: Math.ceil(spansPerSecond / SPANS_OF_A_COLLECTOR_CORE),
    heldTraces: byWait((seconds) => runsPerSecond * seconds),
    heldBytes: byWait((seconds) => bytesPerSecond * seconds),
    defaultCollectors: byWait((seconds) => Math.ceil((runsPerSecond * seconds) / TAIL_SAMPLING.numTraces)),
    keptBytesPerDay: bytesPerDay * (KEPT.failed + (1 - KEPT.failed) * KEPT.share),
  };
}

/** A step of the simulated time. */
const STEP_MS = 1;

export interface ProcessorLoad {
  readonly spansPerSecond: number;
  /** How long an export takes; `Infinity` while nothing answers. */
  readonly exportMs: number;
  readonly seconds: number;
}

/**
 * Plays a `BatchSpanProcessor` with its defaults: it sends one batch at a time, when a batch is full or the delay is over,
 * and drops what its queue cannot hold.
 *
 * @returns the share of the spans that it has dropped, and when it dropped the first one
 */
export function playProcessor({ spansPerSecond, exportMs, seconds }: ProcessorLoad): {
  readonly droppedShare: number;
  readonly firstDropMs: number;
} {
  let arriving = 0;
  let queued = 0;
  let arrived = 0;
  let dropped = 0;
  let firstDropMs = Infinity;
  let sentUntilMs = 0;
  let waitsSinceMs = 0;
  for (let nowMs = 0; nowMs < seconds * 1_000; nowMs += STEP_MS) {
    arriving += (spansPerSecond * STEP_MS) / 1_000;
    for (; arriving >= 1; arriving -= 1) {
      arrived += 1;
      if (queued < PROCESSOR.queueSize) {
        if (queued === 0) waitsSinceMs = nowMs;
        queued += 1;
      } else {
        dropped += 1;
        firstDropMs = Math.min(firstDropMs, nowMs);
      }
    }
    const isDue = queued >= PROCESSOR.batchSize || nowMs - waitsSinceMs >= PROCESSOR.delayMs;
    if (nowMs >= sentUntilMs && queued > 0 && isDue) {
      queued -= Math.min(queued, PROCESSOR.batchSize);
      sentUntilMs = nowMs + exportMs;
      waitsSinceMs = nowMs;
    }
  }
  return { droppedShare: dropped / Math.max(1, arrived), firstDropMs };
}

/** How long a process keeps all spans while no export answers. */
export function secondsUntilFull(spansPerSecond: number): number {
  const seconds = ((PROCESSOR.queueSize + PROCESSOR.batchSize) / spansPerSecond) * 2;
  return playProcessor({ spansPerSecond, exportMs: Infinity, seconds }).firstDropMs / 1_000;
}

/** The highest rate of which the processor drops nothing; spans a second, by halving the interval. */
export function highestRate(exportMs: number): number {
  let [low, high] = [1, 1_000_000];
  while (high - low > Math.max(1, low * 0.01)) {
    const middle = (low + high) / 2;
    const { droppedShare } = playProcessor({ spansPerSecond: middle, exportMs, seconds: 60 });
    if (droppedShare > 0) high = middle;
    else low = middle;
  }
  return low;
}

/** How many values each attribute has in a service. */
export interface Cardinality {
  readonly agents: number;
  readonly models: number;
  readonly tools: number;
  /** Values of `error.type`, and its absence. */
  readonly outcomes: number;
}

/** Values of `ai_spans.cancel.cause`. */
const CAUSES = 4;

/** Time series in Prometheus if every combination occurs. A histogram has one series for each bucket, and two more. */
export function seriesOf(metrics: readonly MeasuredMetric[], counts: Cardinality): number {
  const values: Readonly<Record<string, number>> = {
    "gen_ai.agent.name": counts.agents,
    // The provider, the model of the response and the server follow from it.
    "gen_ai.request.model": counts.models,
    "gen_ai.tool.name": counts.tools,
    "error.type": counts.outcomes,
    "ai_spans.cancel.cause": CAUSES,
  };
  return metrics.reduce((sum, { attributes, boundaries }) => {
    const combinations = attributes.reduce((product, name) => product * (values[name] ?? 1), 1);
    // `le="+Inf"`, `_sum` and `_count`.
    return sum + combinations * (boundaries > 0 ? boundaries + 3 : 1);
  }, 0);
}
