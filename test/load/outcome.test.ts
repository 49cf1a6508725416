/**
 * The load (`npm run load`) finds each thing that must not happen. The load itself is started by `.ci/run`.
 *
 * Holds: lossless-under-load.
 */
import { describe, expect, test } from "vitest";
import { brokenAssertions, WARM_UP_RUNS, type LoadOutcome } from "../../bench/load/outcome.ts";
import { scenarioOf, SCENARIOS } from "../../bench/load/scenarios.ts";

const RUNS = 200;
/** Runs of an agent inside another. */
const innerOf = (count: number): number => (count / 100) * 8;
const STARTED = WARM_UP_RUNS + innerOf(WARM_UP_RUNS) + RUNS + innerOf(RUNS);

function runs(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let run = 0; run < RUNS; run++) {
    const { name } = scenarioOf(run);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function load() {
  return { elapsedMs: 1_000, mostOpen: 10, runs: runs(), failures: {}, firstByteMs: [1], wholeMs: [2] };
}

function mode(name: "bare" | "traced"): LoadOutcome["bare"] {
  const counts = {
    started: STARTED * 2,
    ended: STARTED * 2,
    endedTwice: 0,
    startedByOperation: { invoke_agent: STARTED, chat: STARTED },
  };
  const loopDelayMs = { p50: 1, p99: 2, max: 3 };
  const rest = { heapBytes: 1_000, rssBytes: 2_000, open: 0 };
  return {
    mode: name,
    slices: [{ load: load(), usage: { cpuMs: 1, loopDelayMs, peakHeapBytes: 1, peakRssBytes: 1 } }],
    before: rest,
    after: rest,
    finished: {
      counts: name === "traced" ? counts : undefined,
      processed: name === "traced" ? { exported: STARTED * 2 - 30, queue_full: 30 } : {},
      reports: [],
      failures: {},
    },
  };
}

function received(spans: number, outcomes: Record<string, number>): LoadOutcome["received"] {
  return { spans, repeated: 0, endless: 0, outcomes, batches: 1, bytes: 1, metricRequests: 1, faulty: {} };
}

/** A load that holds what it must. */
function sound(): LoadOutcome {
  return {
    bare: mode("bare"),
    traced: mode("traced"),
    received: received(STARTED * 2 - 30, {}),
    stopped: {
      counts: { started: 40, ended: 40, endedTwice: 0, startedByOperation: {} },
      load: load(),
      received: received(40, { "invoke_agent shutdown": 20 }),
      code: 0,
    },
  };
}

test("the shares of the scenarios are those of a hundred runs, and neighbors differ", () => {
  expect(SCENARIOS.reduce((sum, { share }) => sum + share, 0)).toBe(100);
  expect(runs()).toEqual(Object.fromEntries(SCENARIOS.map(({ name, share }) => [name, share * 2])));
  const first = Array.from({ length: 10 }, (_, run) => scenarioOf(run).name);
  expect(new Set(first).size).toBeGreaterThan(3);
});

test("a sound load breaks no assertion", () => {
  expect(brokenAssertions(sound())).toEqual([]);
});

describe("finds", () => {
  const changed = <T extends object>(value: T, change: Partial<T>): T => ({ ...value, ...change });
  const finished = (
    outcome: LoadOutcome,
    change: Partial<LoadOutcome["traced"]["finished"]>,
  ): LoadOutcome => ({
    ...outcome,
    traced: changed(outcome.traced, { finished: changed(outcome.traced.finished, change) }),
  });
  const counts = (outcome: LoadOutcome, change: object): LoadOutcome =>
    finished(outcome, { counts: { ...outcome.traced.finished.counts!, ...change } });
  const stopped = (outcome: LoadOutcome, change: Partial<LoadOutcome["stopped"]>): LoadOutcome =>
    changed(outcome, { stopped: changed(outcome.stopped, change) });

  test.each<[string, (outcome: LoadOutcome) => LoadOutcome]>([
    ["spans that ended", (outcome) => counts(outcome, { ended: STARTED * 2 - 1 })],
    ["spans that ended twice", (outcome) => counts(outcome, { endedTwice: 1 })],
    [
      "runs that have a span",
      (outcome) => counts(outcome, { startedByOperation: { invoke_agent: STARTED - 1 } }),
    ],
    ["reports of ai-spans", (outcome) => finished(outcome, { reports: ["ai-spans: timer: TypeError"] })],
    ["failures of the traced server", (outcome) => finished(outcome, { failures: { "read: TypeError": 1 } })],
    [
      "spans that the processor has finished",
      (outcome) => finished(outcome, { processed: { exported: STARTED * 2 - 30 } }),
    ],
    ["spans that have arrived", (outcome) => changed(outcome, { received: received(STARTED * 2 - 31, {}) })],
    [
      "spans that have arrived twice",
      (outcome) => changed(outcome, { received: changed(outcome.received, { repeated: 1 }) }),
    ],
    [
      "spans that were open at rest",
      ({ traced, ...outcome }) => ({
        ...outcome,
        traced: changed(traced, { after: { ...traced.after, open: 1 } }),
      }),
    ],
    [
      "the heap has grown",
      ({ traced, ...outcome }) => ({
        ...outcome,
        traced: changed(traced, { after: { ...traced.after, heapBytes: 1_040 } }),
      }),
    ],
    ["the end of the stopped server", (outcome) => stopped(outcome, { code: "SIGKILL" })],
    [
      "spans of the stopped server that have arrived",
      (outcome) => stopped(outcome, { received: received(39, { "invoke_agent shutdown": 20 }) }),
    ],
    ["no run was open", (outcome) => stopped(outcome, { received: received(40, {}) })],
  ])("%s", (line, change) => {
    expect(brokenAssertions(change(sound()))).toContainEqual(expect.stringMatching(new RegExp(`^${line}`)));
  });
});
