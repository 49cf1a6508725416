/**
 * Every program of the table has the metrics that its spans require, also if no span is recorded. This holds on every
 * major, for the wrapper and the adapter.
 */
import { AlwaysOffSampler, type Sampler } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test } from "vitest";
import type { TreeProgram } from "../conformance/program.ts";
import { programs } from "../conformance/programs.ts";
import { programsOn } from "../harness/program.ts";
import { stageOn, untrace } from "../harness/stage.ts";
import { settle } from "../support/gate.ts";
import { v7 } from "../support/majors.ts";
import { setupMeters, type Meters } from "../support/meters.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { type Way, wayOf, WRAPPERS } from "../support/ways.ts";
import { CHUNKS, pointsOfSpans } from "./points-of-spans.ts";

afterEach(untrace);

interface Measured {
  readonly telemetry: Telemetry;
  readonly meters: Meters;
}

async function measure(program: TreeProgram, way: Way, sampler?: Sampler): Promise<Measured> {
  const telemetry = setupTelemetry(sampler ? { sampler } : {});
  const meters = setupMeters();
  await program.run(stageOn(way, telemetry, program.options));
  return { telemetry, meters };
}

async function expectMetrics(program: TreeProgram, way: Way): Promise<void> {
  const { telemetry, meters } = await measure(program, way);
  await settle(() => telemetry.started.length > 0 && telemetry.open.length === 0);
  const ours = telemetry.finished.filter(
    ({ instrumentationScope }) => instrumentationScope.name === "ai-spans",
  );
  const points = await meters.points();
  const { namespace } = { namespace: "ai_spans", ...program.options };
  expect(points.filter(({ metric }) => metric !== CHUNKS)).toEqual(pointsOfSpans(ours, namespace));
  expect(telemetry.diagnostics).toEqual([]);

  const unrecorded = await measure(program, way, new AlwaysOffSampler());
  await settle(() => false, 5);
  expect(await unrecorded.meters.points(), "of runs that are not recorded").toEqual(points);
  expect(unrecorded.telemetry.started).toEqual([]);
}

describe.each([...WRAPPERS, wayOf("adapter", v7)])("through the $entry", (way) => {
  const { entry, major } = way;
  for (const [theme, table] of Object.entries(programs)) {
    const ofWay = programsOn(major, table).filter(
      ({ adapted }) => entry === "wrapper" || adapted?.byCollection !== true,
    );
    if (ofWay.length === 0) continue;
    describe(`${theme} on ${major.name}`, () => {
      for (const program of ofWay) {
        test(program.title, () => expectMetrics(program, way));
      }
    });
  }
});
