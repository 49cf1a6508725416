/**
 * Runs every canary program on one major and searches all exported telemetry for the markers.
 */
import { createAISDKTelemetry, withTurn, wrapAISDK } from "ai-spans";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { registerIntegrations } from "../support/integrations.ts";
import type { Major } from "../support/majors.ts";
import { ExportedTelemetry } from "./exported.ts";
import { Markers } from "./markers.ts";
import { programs } from "./programs.ts";
import type { CanaryProgram, Entry, Stage } from "./stage.ts";

/** The outcome of the span, in one word. */
function outcomeOf(attributes: Readonly<Record<string, unknown>> | undefined): unknown {
  return attributes?.["error.type"] ?? attributes?.["ai_spans.cancel.cause"] ?? "ok";
}

/** @param isSampled whether spans are sampled; metrics are recorded in both cases */
export function describeCanary(major: Major, entry: Entry, isSampled = true): void {
  const telemetry = new ExportedTelemetry(isSampled ? undefined : new AlwaysOffSampler());
  const markers = new Markers();
  const ofMajor = programs.filter(
    ({ majors, isOfWrapper }) =>
      (majors?.includes(major.name) ?? true) && !(entry === "adapter" && isOfWrapper === true),
  );

  async function play(program: CanaryProgram): Promise<Stage> {
    const sdk = entry === "wrapper" ? wrapAISDK(major.ai) : major.ai;
    const stage: Stage = { major, sdk, entry, markers, telemetry, seen: [] };
    await withTurn({ conversationId: "c-42", userId: "u-7" }, () => program.run(stage));
    return stage;
  }

  describe(`on ${major.name} by the ${entry}${isSampled ? "" : ", unsampled"}`, () => {
    beforeEach(() => {
      telemetry.reset();
      registerIntegrations(...(entry === "adapter" ? [createAISDKTelemetry()] : []));
    });
    afterEach(() => registerIntegrations());

    for (const program of ofMajor) {
      test(`no content is recorded of ${program.title}`, async () => {
        const { seen } = await play(program);
        const exported = await telemetry.collect();
        for (const [way, what] of Object.entries(exported)) expect(markers.find(what), way).toEqual([]);
        expect(markers.find(seen), "markers that the provider or the application got").not.toEqual([]);
        if (!isSampled) expect(telemetry.spans).toEqual([]);
        else if (entry === "wrapper") expect(outcomeOf(telemetry.spans[0]?.attributes)).toBe(program.outcome);
        else if (!program.isUntold) expect(telemetry.spans).not.toEqual([]);
      });
    }

    afterAll(() => {
      expect(markers.count, "places").toBeGreaterThan(100);
    });
  });
}
