/**
 * Runs every canary program on one major and searches all exported telemetry for the markers.
 */
import { withTurn } from "ai-spans";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { programsOn } from "../harness/program.ts";
import { traced, untrace } from "../harness/stage.ts";
import { outcomeOf } from "../support/outline.ts";
import type { Way } from "../support/ways.ts";
import { ExportedTelemetry } from "./exported.ts";
import { Markers } from "./markers.ts";
import { programs } from "./programs.ts";
import type { CanaryProgram, CanaryStage } from "./stage.ts";

/**
 * @param way how the programs are traced
 * @param isSampled whether spans are sampled; metrics are recorded in both cases
 */
export function describeCanary(way: Way, isSampled = true): void {
  const { major, entry } = way;
  const telemetry = new ExportedTelemetry(isSampled ? undefined : new AlwaysOffSampler());
  const markers = new Markers();
  const ofWay = programsOn(major, programs).filter(
    ({ isOfWrapper }) => entry === "wrapper" || isOfWrapper !== true,
  );

  async function play(program: CanaryProgram): Promise<CanaryStage> {
    const stage: CanaryStage = { major, sdk: traced(way), markers, telemetry, received: [] };
    await withTurn({ conversationId: "c-42", userId: "u-7" }, () => program.run(stage));
    return stage;
  }

  describe(`on ${major.name} by the ${entry}${isSampled ? "" : ", unsampled"}`, () => {
    beforeEach(() => telemetry.reset());
    afterEach(untrace);

    for (const program of ofWay) {
      test(`no content is recorded of ${program.title}`, async () => {
        const { received } = await play(program);
        const exported = await telemetry.collect();
        for (const [signal, what] of Object.entries(exported)) expect(markers.find(what), signal).toEqual([]);
        expect(markers.find(received), "markers that the provider or the application got").not.toEqual([]);
        if (!isSampled) expect(telemetry.spans).toEqual([]);
        else if (entry === "wrapper") expect(outcomeOf(telemetry.spans[0]?.attributes)).toBe(program.outcome);
        else if (!program.isUnreported) expect(telemetry.spans).not.toEqual([]);
      });
    }

    afterAll(() => {
      expect(markers.count, "places").toBeGreaterThan(100);
    });
  });
}
