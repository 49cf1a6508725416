/**
 * The programs that are compared: those of test/conformance, test/exits and test/transparency. `collected-exits.ts`
 * is imported before the exits, so that they are collected.
 */
import { observeExit } from "../../exits/exit.ts";
import { isOn, programsOn } from "../../harness/program.ts";
import { collectedExits } from "./collected-exits.ts";
import "../../exits/aborts.test.ts";
import "../../exits/between-steps.test.ts";
import "../../exits/callbacks.test.ts";
import "../../exits/consumers.test.ts";
import "../../exits/deadlines.test.ts";
import "../../exits/leaving.test.ts";
import "../../exits/partial-answers.test.ts";
import "../../exits/reading.test.ts";
import "../../exits/retries.test.ts";
import "../../exits/returning.test.ts";
import "../../exits/single-reader.test.ts";
import "../../exits/stream-errors.test.ts";
import "../../exits/stream-object.test.ts";
import "../../exits/stream-retries.test.ts";
import "../../exits/tools.test.ts";
import "../../exits/unobserved-streams.test.ts";
import { withTurn } from "ai-spans";
import { programs as conformancePrograms } from "../../conformance/programs.ts";
import { ExitStage } from "../../exits/exit-stage.ts";
import { v7 } from "../../support/majors.ts";
import { programs as transparencyPrograms } from "../../transparency/programs.ts";
import { settingsOn, WatchedStage } from "../../transparency/stage.ts";
import { morePrograms } from "./more-programs.ts";
import type { PlayedProgram } from "./play.ts";

const ofConformance = programsOn(v7, Object.values(conformancePrograms).flat()).map(
  (program): PlayedProgram => ({
    ...program,
    run: ({ telemetry: { tracer }, ...stage }) => program.run({ ...stage, tracer, withTurn }),
  }),
);

const ofExits = collectedExits
  .filter(({ exit }) => isOn(exit, v7))
  .map(({ exit, operation }): PlayedProgram => ({
    ...exit,
    title: `${exit.title} (${operation})`,
    run: ({ major, sdk, telemetry }) => observeExit(exit, new ExitStage(major, sdk, telemetry, operation)),
  }));

/**
 * Programs whose spans vary from run to run, so they are left out. The programs of test/exits leave streams in the same
 * ways, but at gates.
 * - The SDK reads on after the reader has left. The end of the chat span then depends on when garbage is collected.
 * - An abort from inside the source's own pull races single microtasks. Their order depends on the release of Node.
 */
const RACING =
  /^reads a (long answer|loop with tools) by (a reader that cancels|a throw out of its loop|an iterator by hand)$|^aborts inside the model's stream after its first text/;

const ofTransparency = programsOn(v7, Object.values(transparencyPrograms).flat())
  .filter(({ title }) => !RACING.test(title))
  .map((program): PlayedProgram => ({
    ...program,
    repeatsIds: true,
    run: async ({ major, sdk }) => {
      const stage = new WatchedStage(settingsOn(major, "in turns", sdk));
      try {
        await Promise.race([stage.run(program), stage.patience()]);
      } catch {
        // A program may fail. test/transparency checks what the program observes.
      }
      await stage.rest();
      stage.leave();
    },
  }));

export const comparedPrograms = {
  "test/conformance": ofConformance,
  "test/exits": ofExits,
  "test/adapter/differences/more-programs.ts": morePrograms,
  "test/transparency": ofTransparency,
};
