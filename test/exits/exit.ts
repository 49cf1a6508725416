/**
 * What an exit is: one program text that runs on every major, bare and wrapped, and the spans it leaves. The runner
 * holds the wrapped run against the bare one in everything an application or its provider could notice.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import type { ExpectedTree, ForcedDifference } from "../conformance/program.ts";
import { majors, type CallParameters, type Major, type MajorName } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { comeToRest, ExitApplication, type StreamOperation } from "./exit-application.ts";
import { expectSpans, type Rules } from "./expect-spans.ts";

export interface Exit extends Rules {
  /** Present tense: how the run ends. */
  readonly title: string;
  /** Majors that have the feature at all; default: every one. */
  readonly majors?: readonly MajorName[];
  /** Options for `wrapAISDK`. */
  readonly options?: CallParameters;
  /** Resolves with what the application saw: plain data, the same on the bare SDK. */
  readonly run: (app: ExitApplication) => Promise<unknown>;
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
}

/** What the application and its providers noticed of one run. */
interface Noticed {
  readonly seen: unknown;
  readonly unhandledRejections: number;
  readonly attempts: readonly number[];
  readonly cancels: readonly number[];
  /** Parts asked of the provider. */
  readonly pulls: readonly number[];
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
    cancels: app.models.map(({ counts }) => counts.cancels),
    pulls: app.models.map(({ counts }) => counts.pulls),
  };
}

/**
 * How far v7 reads ahead of a reader that left hangs on the order of microtasks, by one part (Node 20 and 22, whose
 * `tee` drops a pull that comes while it reads): then it may be one less with us, and never one more.
 */
function expectSame(major: Major, wrapped: Noticed, bare: Noticed): void {
  const pulls = bare.pulls.map((most, index) => {
    const own = wrapped.pulls[index];
    return major.name === "v7" && own === most - 1 ? own : most;
  });
  expect(wrapped, "what the application and its provider notice").toEqual({ ...bare, pulls });
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
          expectSame(major, await notice(exit, wrapped), bare);
          const forced = exit.forced?.majors.includes(major.name) === true ? exit.forced : exit;
          await expectSpans(telemetry, forced.expected, exit);
        });
      }
    });
  }
}
