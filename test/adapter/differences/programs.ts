/**
 * The programs that are compared: those of test/conformance, test/exits and test/transparency. A test file that imports
 * this one must replace the runner of the exits by `collected-exits.ts`.
 */
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
import { comeToRest, ExitApplication } from "../../exits/exit-application.ts";
import { v7, type MajorName } from "../../support/majors.ts";
import { programs as transparencyPrograms } from "../../transparency/programs.ts";
import { Stage, type Application } from "../../transparency/stage.ts";
import { collectedExits } from "./collected-exits.ts";
import { morePrograms } from "./more-programs.ts";
import type { PlayedProgram } from "./play.ts";

function isOfV7({ majors }: { readonly majors?: readonly MajorName[] }): boolean {
  return majors?.includes("v7") ?? true;
}

const ofConformance = Object.values(conformancePrograms)
  .flat()
  .filter(isOfV7)
  .map(({ title, options, run }): PlayedProgram => ({
    title,
    options,
    run: (sdk, { tracer }) => run({ major: v7, sdk, tracer, withTurn }),
  }));

const ofExits = collectedExits
  .filter(({ exit }) => isOfV7(exit))
  .map(({ exit, operation }): PlayedProgram => ({
    title: `${exit.title} (${operation})`,
    options: exit.options,
    run: async (sdk, telemetry) => {
      const app = new ExitApplication(v7, sdk, telemetry, operation);
      await exit.run(app);
      await comeToRest(app);
    },
  }));

/**
 * Programs whose spans vary from run to run, so they are left out. The programs of test/exits leave streams in the same
 * ways, but at gates.
 * - The SDK reads on after the reader has left. The end of the chat span then depends on when garbage is collected.
 * - An abort from inside the source's own pull races single microtasks. Their order depends on the release of Node.
 */
const RACING =
  /^reads a (long answer|loop with tools) by (a reader that cancels|a throw out of its loop|an iterator by hand)$|^aborts inside the model's stream after its first text/;

const ofTransparency = Object.values(transparencyPrograms)
  .flat()
  .filter((program) => isOfV7(program) && !RACING.test(program.title))
  .map((program): PlayedProgram => ({
    title: program.title,
    repeatsIds: true,
    run: async (sdk) => {
      // These programs call the SDK with arguments that its types forbid.
      const stage = new Stage({ major: v7, pace: "in turns", sdk: sdk as Application["sdk"] });
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
