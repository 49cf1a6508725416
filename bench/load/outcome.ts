/**
 * What a load must hold, whatever its times: every span ended once, what was lost was lost where the SDK says so, nothing
 * of ours is held, and no request failed because of us.
 */
import type { Finished } from "./chat-server.ts";
import type { LoadResult } from "./client.ts";
import type { Mode } from "./modes.ts";
import type { Received } from "./receiver.ts";
import type { Rest } from "./resource-meter.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { SpanCounts } from "./server-telemetry.ts";
import type { Slice } from "./stage.ts";

export interface ModeOutcome {
  readonly mode: Mode;
  readonly slices: readonly Slice[];
  readonly before: Rest;
  readonly after: Rest;
  readonly finished: Finished;
}

export interface Stopped {
  readonly counts: SpanCounts;
  readonly load: LoadResult;
  readonly received: Received;
  readonly code: unknown;
}

export interface LoadOutcome {
  readonly bare: ModeOutcome;
  readonly traced: ModeOutcome;
  readonly received: Received;
  readonly stopped: Stopped;
}

/** How much the heap may grow between two rests, beyond what the bare server's does. */
const GROWTH = 0.03;
/** The runs before the first rest. */
export const WARM_UP_RUNS = 300;

export function runsOf(slices: readonly Slice[]): Readonly<Record<string, number>> {
  return sum(slices.map(({ load }) => load.runs));
}

export function failuresOf({ slices, finished }: ModeOutcome): Readonly<Record<string, number>> {
  return sum([...slices.map(({ load }) => load.failures), finished.failures]);
}

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

export function growthOf({ before, after }: ModeOutcome): number {
  return after.heapBytes / before.heapBytes - 1;
}

/** Spans that the SDK has not sent, by its own reason. */
export function lostBySDK(processed: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(processed).filter(([reason]) => reason !== "exported"));
}

/** @returns a line for each assertion that does not hold */
export function brokenAssertions({ bare, traced, received, stopped }: LoadOutcome): string[] {
  const broken: string[] = [];
  const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
    const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (left !== right) broken.push(`${what}: ${left}, expected ${right}`);
  };
  const { counts, processed, reports } = traced.finished;
  if (!counts) return ["the traced server has no counts"];

  expectEqual("failures of the bare server", failuresOf(bare), {});
  expectEqual("failures of the traced server", failuresOf(traced), {});
  expectEqual("spans that were open at rest", [traced.before.open, traced.after.open], [0, 0]);
  expectEqual("spans that ended", counts.ended, counts.started);
  expectEqual("spans that ended twice", counts.endedTwice, 0);
  expectEqual("reports of ai-spans", reports, []);
  expectEqual("runs that have a span", counts.startedByOperation["invoke_agent"], expectedRuns(traced));
  expectEqual("spans that the processor has finished", totalOf(processed), counts.ended);
  expectEqual("spans that have arrived", received.spans, processed["exported"]);
  expectEqual("spans that have arrived twice", received.repeated, 0);
  expectEqual("spans that have arrived without an end", received.endless, 0);

  const growth = growthOf(traced);
  const limit = Math.max(0, growthOf(bare)) + GROWTH;
  if (!(growth <= limit))
    broken.push(`the heap has grown by ${percent(growth)}, at most ${percent(limit)} is allowed`);

  expectEqual("the end of the stopped server", stopped.code, 0);
  expectEqual("spans of the stopped server that ended", stopped.counts.ended, stopped.counts.started);
  expectEqual("spans of the stopped server that ended twice", stopped.counts.endedTwice, 0);
  expectEqual(
    "spans of the stopped server that have arrived",
    stopped.received.spans,
    stopped.counts.started,
  );
  expectEqual("spans of the stopped server that have arrived twice", stopped.received.repeated, 0);
  const shutDown = stopped.received.outcomes["invoke_agent shutdown"] ?? 0;
  if (shutDown === 0) broken.push("no run was open when the server was stopped");
  return broken;
}

function expectedRuns({ slices }: ModeOutcome): number {
  const runs = runsOf(slices);
  const inner = SCENARIOS.reduce(
    (total, { name, innerRuns = 0 }) => total + (runs[name] ?? 0) * innerRuns,
    0,
  );
  return totalOf(runs) + inner + warmUpRuns();
}

function warmUpRuns(): number {
  const inner = SCENARIOS.reduce((total, { share, innerRuns = 0 }) => total + share * innerRuns, 0);
  return WARM_UP_RUNS + (WARM_UP_RUNS / 100) * inner;
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const entry of counts)
    for (const [name, count] of Object.entries(entry)) total[name] = (total[name] ?? 0) + count;
  return total;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
