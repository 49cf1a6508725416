/**
 * Every program of the table has the metrics that its spans require, also if no span is recorded. This holds on every
 * major, for the wrapper and the adapter.
 */
import { createAISDKTelemetry, withTurn, wrapAISDK } from "ai-spans";
import { AlwaysOffSampler, type Sampler } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test } from "vitest";
import type { Program } from "../conformance/program.ts";
import { programs } from "../conformance/programs.ts";
import { settle } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type Major } from "../support/majors.ts";
import { setupMeters, type Meters } from "../support/meters.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { CHUNKS, pointsOfSpans } from "./points-of-spans.ts";

afterEach(() => registerIntegrations());

type Entry = "wrapper" | "adapter";

interface Measured {
  readonly telemetry: Telemetry;
  readonly meters: Meters;
}

async function measure(program: Program, major: Major, entry: Entry, sampler?: Sampler): Promise<Measured> {
  const telemetry = setupTelemetry(sampler ? { sampler } : {});
  const meters = setupMeters();
  const isWrapped = entry === "wrapper";
  if (!isWrapped) registerIntegrations(createAISDKTelemetry(program.options));
  const sdk = isWrapped ? wrapAISDK(major.ai, program.options) : major.ai;
  await program.run({ major, sdk, tracer: telemetry.tracer, withTurn });
  return { telemetry, meters };
}

async function expectMetrics(program: Program, major: Major, entry: Entry): Promise<void> {
  const { telemetry, meters } = await measure(program, major, entry);
  await settle(() => telemetry.started.length > 0 && telemetry.open.length === 0);
  const ours = telemetry.finished.filter(
    ({ instrumentationScope }) => instrumentationScope.name === "ai-spans",
  );
  const points = await meters.points();
  const { namespace } = { namespace: "ai_spans", ...program.options };
  expect(points.filter(({ metric }) => metric !== CHUNKS)).toEqual(pointsOfSpans(ours, namespace));
  expect(telemetry.diagnostics).toEqual([]);

  const unrecorded = await measure(program, major, entry, new AlwaysOffSampler());
  await settle(() => false, 5);
  expect(await unrecorded.meters.points(), "of runs that are not recorded").toEqual(points);
  expect(unrecorded.telemetry.started).toEqual([]);
}

const entries: readonly (readonly [Entry, Major])[] = [
  ...majors.map((major) => ["wrapper", major] as const),
  ["adapter", v7],
];

describe.each(entries)("through the %s", (entry, major) => {
  for (const [theme, table] of Object.entries(programs)) {
    const own = table.filter(
      ({ majors: names, adapted }) =>
        names?.includes(major.name) !== false && !(entry === "adapter" && adapted?.byCollection),
    );
    if (own.length === 0) continue;
    describe(`${theme} on ${major.name}`, () => {
      for (const program of own) {
        test(program.title, () => expectMetrics(program, major, entry));
      }
    });
  }
});
