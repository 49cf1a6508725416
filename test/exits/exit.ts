/**
 * Defines an exit: a program that runs on every major, bare and traced, and its spans. The runner compares all that the
 * application and its providers can notice of both runs.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { observeProgram, type Observation } from "../harness/compare.ts";
import { expectedOn, programsOn, type Expectation, type Program } from "../harness/program.ts";
import { majors } from "../support/majors.ts";
import { racesOnRelease } from "../support/on-release.ts";
import type { ScriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, ExitStage, type StreamOperation } from "./exit-stage.ts";
import { expectSpans, type Rules } from "./expect-spans.ts";

/** The title says how the run ends. `run` resolves with what the application got, as plain data. */
export interface Exit extends Program<ExitStage, Promise<unknown>>, Expectation, Rules {
  /**
   * The SDK leaves the provider's stream in the turn in which that ends. Whether it reads the end or cancels before it
   * depends on the order of microtasks (Node 24).
   */
  readonly leavesAtTheEnd?: boolean;
}

interface ExitObservation {
  readonly application: Observation<unknown> & { readonly attempts: readonly number[] };
  /** How often the SDK pulled from each provider's streams, and how many of them it canceled. */
  readonly provider: readonly ScriptedModel["counts"][];
}

/** Runs the exit. Nothing keeps the stage alive afterwards, because some runs end when its values are collected. */
export async function observeExit(exit: Exit, stage: ExitStage): Promise<ExitObservation> {
  const observation = await observeProgram(async () => {
    const result = await exit.run(stage);
    await comeToRest(stage);
    return result;
  });
  const { models } = stage;
  return {
    application: { ...observation, attempts: models.map(({ calls }) => calls.length) },
    provider: exit.leavesAtTheEnd === true ? [] : models.map(({ counts }) => counts),
  };
}

type ExitRunner = (exits: readonly Exit[], operation: StreamOperation) => void;

let runExits: ExitRunner = testWrapped;

/** Tests the exits of the files that are imported afterwards in another way. */
export function testExitsBy(runner: ExitRunner): void {
  runExits = runner;
}

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  runExits(exits, operation);
}

function testWrapped(exits: readonly Exit[], operation: StreamOperation): void {
  for (const major of majors) {
    const ofMajor = programsOn(major, exits);
    if (ofMajor.length === 0) continue;
    describe(`on ${major.name}`, () => {
      for (const exit of ofMajor) {
        test(exit.title, async () => {
          const telemetry = setupTelemetry();
          const bare = await observeExit(exit, new ExitStage(major, major.ai, telemetry, operation));
          const wrapped = new ExitStage(major, wrapAISDK(major.ai, exit.options), telemetry, operation);
          const { application, provider } = await observeExit(exit, wrapped);
          if (!racesOnRelease()) {
            expect(application, "what the application notices").toEqual(bare.application);
            expect(provider, "what its providers notice").toEqual(bare.provider);
          }
          const drop = (): void => void wrapped.results.splice(0);
          await expectSpans(telemetry, expectedOn(exit, major), { ...exit, drop });
        });
      }
    });
  }
}
