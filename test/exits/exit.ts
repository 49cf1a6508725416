/**
 * Defines an exit: a program that runs on every major, bare and wrapped, and its spans. The runner compares all that
 * the application and its providers can notice of both runs.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import type { ExpectedTree, ForcedDifference } from "../conformance/program.ts";
import { majors, type CallParameters, type MajorName } from "../support/majors.ts";
import { racesOnRelease } from "../support/on-release.ts";
import { collectRejections } from "../support/rejections.ts";
import type { ScriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, ExitApplication, type StreamOperation } from "./exit-application.ts";
import { expectSpans, type Rules } from "./expect-spans.ts";

export interface Exit extends Rules {
  /** How the run ends, in the present tense. */
  readonly title: string;
  /** The majors that have the feature. The default is all. */
  readonly majors?: readonly MajorName[];
  /** Options for `wrapAISDK`. */
  readonly options?: CallParameters;
  /**
   * The SDK leaves the provider's stream in the turn in which that ends. Whether it reads the end or cancels before it
   * depends on the order of microtasks (Node 24).
   */
  readonly leavesAtTheEnd?: boolean;
  /** Resolves with what the application got, as plain data. It must be the same on the bare SDK. */
  readonly run: (app: ExitApplication) => Promise<unknown>;
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
}

/** What the application and its providers noticed in one run. */
interface Noticed {
  readonly seen: unknown;
  readonly unhandledRejections: number;
  readonly attempts: readonly number[];
  /** How often the SDK pulled from each provider's streams, and how many of them it canceled. */
  readonly provider: readonly ScriptedModel["counts"][];
}

async function notice(exit: Exit, app: ExitApplication): Promise<Noticed> {
  let seen: unknown;
  const rejections = await collectRejections(async () => {
    seen = await exit.run(app);
    await comeToRest(app);
  });
  return {
    seen,
    unhandledRejections: rejections.length,
    attempts: app.models.map(({ calls }) => calls.length),
    provider: app.models.map(({ counts }) => counts),
  };
}

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  for (const major of majors) {
    const ofMajor = exits.filter(({ majors: only }) => only?.includes(major.name) ?? true);
    if (ofMajor.length === 0) continue;
    describe(`on ${major.name}`, () => {
      for (const exit of ofMajor) {
        test(exit.title, async () => {
          const telemetry = setupTelemetry();
          const bare = await notice(exit, new ExitApplication(major, major.ai, telemetry, operation));
          const wrapped = new ExitApplication(major, wrapAISDK(major.ai, exit.options), telemetry, operation);
          const { provider, ...application } = await notice(exit, wrapped);
          const races = racesOnRelease();
          if (!races)
            expect(application, "what the application notices").toEqual({ ...bare, provider: undefined });
          if (exit.leavesAtTheEnd !== true && !races)
            expect(provider, "what its providers notice").toEqual(bare.provider);
          const forced = exit.forced?.majors.includes(major.name) === true ? exit.forced : exit;
          const drop = (): void => void wrapped.results.splice(0);
          await expectSpans(telemetry, forced.expected, { ...exit, drop });
        });
      }
    });
  }
}
