/**
 * The tests for every neighbor that is loaded before the program.
 */
import { describe, expect, test } from "vitest";
import { expectOurSpans, render, type NeighborEffects, type Tree } from "./beside.ts";
import { LEFT_CALL, REPEATED_CALLS } from "./numbered-calls.ts";
import {
  runBeside,
  withFlag,
  type Flag,
  type Major,
  type Neighbor,
  type Run,
  type Way,
} from "./run-beside.ts";
import type { SentSpan } from "../support/sent-span.ts";

/** The neighbor's spans of each kind of call. They include the spans of ai-spans if the neighbor sends these. */
export interface CallTrees {
  readonly generate: (number: number) => readonly Tree[];
  readonly stream: (number: number) => readonly Tree[];
  readonly streamWithTool: (number: number) => readonly Tree[];
  readonly left: (number: number) => readonly Tree[];
}

export interface Apm {
  readonly neighbor: Neighbor;
  /**
   * The neighbor of the run without ai-spans. The default is `neighbor`. A neighbor that is only loaded in another way
   * can share the run, which takes two seconds.
   */
  readonly control?: Neighbor;
  /** The spans that the neighbor sent, as text. */
  readonly outline: (run: Run) => string;
  readonly trees: (major: Major, way: Way) => CallTrees;
  /**
   * The spans of ai-spans. The default is those of the registered provider. `"in outline"` means that only the outline
   * of the neighbor has them.
   */
  readonly ourSpans?: "in outline" | ((run: Run) => readonly SentSpan[]);
  readonly effects?: (major: Major, way: Way) => NeighborEffects;
  /** The default is 6 and 7. */
  readonly majors?: Majors;
  /** How the program is traced without code of ours. Default: in no such way. */
  readonly flags?: readonly Flag[];
  /** The content that is in the neighbor's requests. */
  readonly content: readonly Content[];
}

/**
 * The loader that a program registers itself for the instrumentation prints it beside a neighbor with a loader of the same
 * copy of import-in-the-middle. The flag prints nothing.
 */
const LOADER_WARNING =
  /^\(node:\d+\) Warning: The 'import-in-the-middle' hook has already been initialized\n\(Use .*\)\n$/;

/** Texts of the program's call 7. */
const CONTENT = {
  prompt: "call 7",
  answer: "answer 7",
  "tool arguments": "city 7",
  "tool result": "two rooms in city 7",
  "tool description": "finds rooms",
  "runtime context": "not for telemetry",
} as const;

export type Content = keyof typeof CONTENT;

type Majors = ReadonlyArray<readonly [Major, readonly Way[]]>;

export const V5_ONLY: Majors = [["v5", ["wrapper"]]];
export const V6_ONLY: Majors = [["v6", ["wrapper"]]];
export const V7_ONLY: Majors = [["v7", ["wrapper", "adapter"]]];
export const ALL_MAJORS: Majors = [...V5_ONLY, ...V6_ONLY, ...V7_ONLY];

export function testBeside(title: string, apm: Apm): void {
  const { neighbor, control = neighbor, outline, trees, effects, content } = apm;
  const { majors = [...V6_ONLY, ...V7_ONLY], flags = [], ourSpans = ({ spans }: Run) => spans } = apm;

  function expectRun(run: Run, major: Major, way: Way): void {
    if (ourSpans !== "in outline") expectOurSpans(ourSpans(run), way, effects?.(major, way));
    expect(outline(run)).toBe(renderCalls(trees(major, way)));
    expect(contentOf(run)).toEqual(content);
    expect(run.reports, "reports to diag").toEqual([]);
  }

  describe(title, () => {
    describe.each(majors)("AI SDK %s", (major, ways) => {
      // A neighbor that shares the control of another one needs no control test.
      if (control === neighbor) {
        test("without ai-spans", async () => {
          expectRun(await runControl(control, major), major, "without");
        });
      }

      test.each(ways)("%s", async (way) => {
        const { program } = await runControl(control, major);
        const run = await runBeside(neighbor, major, way);
        expect(run.program).toEqual(program);
        expectRun(run, major, way);
      });

      // The hooks replace the SDK's exports by those of the wrapper, so the spans are the same.
      test.each(flags)("%s", async (flag) => {
        const { program } = await runControl(control, major);
        const run = await runBeside(withFlag(neighbor, flag), major, "without");
        expect(run.program).toEqual(program);
        expectRun(run, major, "wrapper");
        const warnings = flag.startsWith("flag") ? run.errors : run.errors.replace(LOADER_WARNING, "");
        expect(warnings, "what the process wrote to standard error").toBe("");
      });
    });
  });
}

const controls = new Map<string, Promise<Run>>();

/** Runs each control once. */
async function runControl(neighbor: Neighbor, major: Major): Promise<Run> {
  const key = `${neighbor.folder}/${major}`;
  const control = controls.get(key) ?? runBeside(neighbor, major, "without");
  controls.set(key, control);
  return control;
}

/** Renders the trees of the calls of `makeCalls`. */
function renderCalls({ generate, stream, streamWithTool, left }: CallTrees): string {
  const repeated = Array.from({ length: REPEATED_CALLS }, (_, index) => generate(index + 1));
  const streams = [stream(31), streamWithTool(32), left(LEFT_CALL)];
  return render([...repeated, ...streams, generate(34), generate(35)].flat());
}

/** The content of call 7 that the neighbor sent. */
export function contentOf({ requests }: Pick<Run, "requests">): string[] {
  const sent = requests.map(({ body }) => body.toString("latin1")).join("\n");
  return Object.entries(CONTENT)
    .filter(([, text]) => sent.includes(text))
    .map(([name]) => name);
}
