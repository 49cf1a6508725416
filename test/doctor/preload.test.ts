/**
 * The doctor as an option of Node: where it prints and where it does not, in which form, and that the program is the same.
 *
 * Holds: doctor-changes-nothing.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Report } from "ai-spans/doctor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { createProject, runProgram, type Project, type RunOptions } from "./examined-program.ts";
import { findingIds, onlyReport, unknowns } from "./finding-ids.ts";

const TIMEOUT_MS = 150_000;
const TEXT = /^ai-spans doctor, at exit: /m;
/** Without `AI_SPANS_DOCTOR`. */
const unset: RunOptions = { environment: { AI_SPANS_DOCTOR: "" } };

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

describe("prints a report at exit", () => {
  test.each([
    ["--import", ["--import", "ai-spans/doctor"], {}],
    ["--import=", ["--import=ai-spans/doctor"], {}],
    ["--require", ["--require", "ai-spans/doctor"], {}],
    ["-r", ["-r", "ai-spans/doctor"], {}],
    ["a path", ["--import", "./node_modules/ai-spans/dist/doctor.js"], {}],
    ["NODE_OPTIONS", [], { NODE_OPTIONS: '--no-warnings --import "ai-spans/doctor"' }],
  ] as const)(
    "as text, with %s",
    async (_title, options, environment) => {
      const run = await runProgram(project, ["wrapper", "v7"], {
        options,
        environment: { ...unset.environment, ...environment },
      });
      expect(run.stdout).toBe("");
      expect(run.stderr).toMatch(
        /^ai-spans doctor, at exit: 0 findings of 19 checks\nAI SDK 7\.0\.\d+; 3 calls of the wrapped SDK;/,
      );
      expect(run.stderr.match(new RegExp(TEXT, "g")) ?? run.stderr).toHaveLength(1);
      expect(run.stderr).not.toContain("unknown");
    },
    TIMEOUT_MS,
  );

  test(
    "for a CommonJS program, whose calls are counted",
    async () => {
      const run = await runProgram(project, [], {
        options: ["--require", "ai-spans/doctor"],
        file: "required.cjs",
      });
      const report = onlyReport(run.reports);
      expect(findingIds(report)).toEqual(["no-context-manager", "calls-past-wrapper"]);
      expect(report.findings[1]?.found).toContain("1 of 2 calls");
    },
    TIMEOUT_MS,
  );

  test(
    "of a program that ends by an error, which is printed as before",
    async () => {
      const options = { file: "throwing.mjs", ...unset };
      const bare = await runProgram(project, [], { ...options, options: [] });
      const run = await runProgram(project, [], options);
      expect(run.code).toBe(bare.code);
      expect(bare.stderr).toContain("RangeError: the program's own");
      expect(run.stderr).toContain("RangeError: the program's own");
      expect(run.stderr).toMatch(TEXT);
    },
    TIMEOUT_MS,
  );
});

test(
  "prints one line for a process that has nothing to do with the AI SDK",
  async () => {
    writeFileSync(join(project.folder, "unrelated.mjs"), 'console.log("unrelated");\n');
    const run = await runProgram(project, [], { file: "unrelated.mjs", ...unset });
    expect(run.stdout).toBe("unrelated\n");
    expect(run.stderr).toMatch(/^ai-spans doctor, at exit: this process has not loaded the AI SDK [^\n]+\n$/);
  },
  TIMEOUT_MS,
);

test(
  "prints one report where the program loads the doctor in both formats, too",
  async () => {
    const run = await runProgram(project, ["wrapper", "v7"], { file: "importing.mjs" });
    expect(run.code).toBe(0);
    expect(run.reports.map(({ moment }) => moment)).toEqual(["exit"]);
  },
  TIMEOUT_MS,
);

describe("prints nothing", () => {
  test.each([
    ["where the program imports it", { file: "importing.mjs", options: [], ...unset }],
    ["where AI_SPANS_DOCTOR is off", { environment: { AI_SPANS_DOCTOR: "off" } }],
  ] as const)(
    "%s",
    async (_title, options) => {
      const run = await runProgram(project, ["wrapper", "v7"], options);
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    },
    TIMEOUT_MS,
  );

  test(
    "on a signal where AI_SPANS_DOCTOR_SIGNAL is off: the signal ends the process, as without the doctor",
    async () => {
      const run = await runProgram(project, ["hanging", "v7"], {
        environment: { AI_SPANS_DOCTOR_SIGNAL: "off" },
        onChild: async (child) => {
          await child.messaged;
          child.kill("SIGUSR2");
        },
      });
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: null, stderr: "" });
    },
    TIMEOUT_MS,
  );
});

test(
  "names a wrong value of its variables, and goes on",
  async () => {
    const run = await runProgram(project, ["nothing", "v7"], {
      environment: { AI_SPANS_DOCTOR: "xml", AI_SPANS_DOCTOR_SIGNAL: "usr2" },
    });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("AI_SPANS_DOCTOR must be one of text, json, off\n");
    expect(run.stderr).toContain("AI_SPANS_DOCTOR_SIGNAL must be the name of a signal, or off\n");
    expect(run.stderr).toMatch(TEXT);
  },
  TIMEOUT_MS,
);

test(
  "takes another signal",
  async () => {
    const run = await runProgram(project, ["hanging", "v7"], {
      environment: { AI_SPANS_DOCTOR_SIGNAL: "SIGWINCH" },
      onChild: async (child) => {
        await child.messaged;
        child.kill("SIGWINCH");
        await child.reported(1);
        child.send("exit");
      },
    });
    expect(run.reports.map(({ moment }) => moment)).toEqual(["running", "exit"]);
  },
  TIMEOUT_MS,
);

describe.each(majors.map(({ name }) => name))("a program on %s", (major) => {
  const ways = ["bare", "wrapper", ...(major === "v7" ? ["adapter"] : [])];

  test.each(ways)(
    "prints, exports and returns the same under the doctor: %s",
    async (way) => {
      const options = { file: "printing.mjs", environment: { AI_SPANS_DOCTOR: "json" } };
      const bare = await runProgram(project, [major, way], { ...options, options: [] });
      const run = await runProgram(project, [major, way], options);
      expect(bare.stdout).toContain('"finishReason"');
      expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 3, stdout: bare.stdout });
      expect(run.reports).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    "can examine itself, with either copy of the doctor",
    async () => {
      const run = await runProgram(project, ["wrapper", major], {
        file: "importing.mjs",
        options: [],
        ...unset,
      });
      const { report, ofOtherCopy, text } = JSON.parse(run.stdout) as Record<
        "report" | "ofOtherCopy",
        Report
      > & {
        text: string;
      };
      expect(findingIds(report)).toEqual([]);
      expect(Object.keys(unknowns(report))).toEqual([
        "spans-not-flushed",
        ...(major === "v7" ? [] : ["calls-past-wrapper"]),
      ]);
      expect(report.spans).toMatchObject({ started: 6, ended: 6, exported: 6 });
      expect(ofOtherCopy).toEqual(report);
      expect(text).toMatch(/^ai-spans doctor, while the program runs: 0 findings of 19 checks\n/);
    },
    TIMEOUT_MS,
  );
});

describe("in a bundle", () => {
  async function runBundle(major: string, minify: boolean): Promise<Report> {
    const file = `bundle-${major}-${minify}.mjs`;
    await build({
      entryPoints: [join(project.folder, "bundled.mjs")],
      outfile: join(project.folder, file),
      bundle: true,
      minify,
      platform: "node",
      format: "esm",
      target: "node20",
      alias: { "the-ai-sdk": { v5: "ai-v5", v6: "ai-v6", v7: "ai" }[major] ?? major },
      external: ["@opentelemetry/*", "ai-spans"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    return onlyReport((await runProgram(project, [major], { file })).reports);
  }

  test.each([
    ["v5", false],
    ["v6", false],
    ["v7", false],
    ["v7", true],
  ])(
    "of %s, minified: %s, a call past the wrapper is found",
    async (major, minify) => {
      const report = await runBundle(major, minify);
      expect(findingIds(report)).toEqual(["calls-past-wrapper"]);
      expect(report.findings[0]?.found).toBe("1 of 2 calls of the AI SDK went past ai-spans (a bundle)");
    },
    TIMEOUT_MS,
  );

  test.each(["v5", "v6"])(
    "of %s, minified, the check cannot look",
    async (major) => {
      const report = await runBundle(major, true);
      expect(findingIds(report)).toEqual([]);
      expect(Object.keys(unknowns(report))).toEqual(["calls-past-wrapper"]);
    },
    TIMEOUT_MS,
  );
});

test(
  "leaves V8's counts to others",
  async () => {
    const environment = { AI_SPANS_DOCTOR: "json", NODE_V8_COVERAGE: join(project.folder, "coverage") };
    const run = await runProgram(project, ["plainBesideWrapped", "v6"], { environment });
    const report = onlyReport(run.reports);
    expect(findingIds(report)).toEqual([]);
    expect(unknowns(report)).toEqual({ "calls-past-wrapper": expect.stringContaining("NODE_V8_COVERAGE") });
  },
  TIMEOUT_MS,
);

test(
  "examines a program that measures its coverage, and leaves the counts of its blocks",
  async () => {
    const run = async (how: string): Promise<string> =>
      (await runProgram(project, [how], { file: "covered.mjs", options: [], ...unset })).stdout;
    const bare = await run("bare");
    expect(JSON.parse(bare)).toEqual([2, 1]);
    expect(await run("examined")).toBe(bare);
  },
  TIMEOUT_MS,
);

test(
  "finds an AI SDK in a script that no file has",
  async () => {
    const run = await runProgram(project, [], { file: "evaluated.cjs", options: [], ...unset });
    expect(JSON.parse(run.stdout)).toEqual(["in a bundle"]);
  },
  TIMEOUT_MS,
);
