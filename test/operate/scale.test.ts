/**
 * The figures of docs/guide/operating.md on scale: the sizes are those of the demo's real spans, within a tolerance, and
 * the tables are what the simulation computes from them.
 *
 * Holds: scale-figures.
 */
import { expect, test } from "vitest";
import { PROCESSOR } from "../../bench/scale/limits.ts";
import { measure } from "../../bench/scale/measured.ts";
import { readMeasured, scaleSection, sectionOfPage } from "../../bench/scale/page.ts";
import { highestRate, playProcessor, secondsUntilFull } from "../../bench/scale/simulation.ts";

/** A response that is retried or aborted may have an attribute more or less. */
const TOLERANCE = 0.05;
/** The ids and times are random. */
const GZIP_TOLERANCE = 0.2;

test("the page has the tables that follow from the stored sizes", () => {
  expect(sectionOfPage()).toBe(scaleSection(readMeasured()));
});

test("the stored sizes are those of the demo's spans and metrics", async () => {
  const [stored, now] = [readMeasured(), await measure()];
  expect(now.metrics).toEqual(stored.metrics);
  expect(now.runs.map(({ title, spans }) => ({ title, spans }))).toEqual(
    stored.runs.map(({ title, spans }) => ({ title, spans })),
  );
  for (const [index, run] of now.runs.entries()) {
    const { bytes, jsonBytes, gzipBytes } = stored.runs[index]!;
    expect(Math.abs(run.bytes / bytes - 1), `${run.title}: protobuf`).toBeLessThan(TOLERANCE);
    expect(Math.abs(run.jsonBytes / jsonBytes - 1), `${run.title}: JSON`).toBeLessThan(TOLERANCE);
    expect(Math.abs(run.gzipBytes / gzipBytes - 1), `${run.title}: gzip`).toBeLessThan(GZIP_TOLERANCE);
  }
}, 120_000);

test("the played processor keeps what its queue and one batch hold, and no more", () => {
  const { queueSize, batchSize } = PROCESSOR;
  expect(secondsUntilFull(100)).toBeCloseTo((queueSize + batchSize) / 100, 0);
  const load = { spansPerSecond: 1_000, seconds: 60 };
  expect(playProcessor({ ...load, exportMs: 100 }).droppedShare).toBe(0);
  const { droppedShare } = playProcessor({ ...load, exportMs: Infinity });
  expect(droppedShare).toBeCloseTo(1 - (queueSize + batchSize) / 60_000, 3);
  expect(highestRate(1_000)).toBeGreaterThan(batchSize);
  expect(highestRate(1_000)).toBeLessThan(batchSize * 1.1);
});
