/**
 * `--import ai-spans/register` and `--require ai-spans/register`: whole trees of real programs, on each major, in each
 * module format, on each Node. The programs set up nothing.
 *
 * Holds: zero-code.
 */
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { createFixture, testTraced } from "./fixture.ts";
import { exportingTo, LINE_3, MAJORS, NODES } from "./project.ts";
import { TEXTS, TREES } from "./workload-trees.ts";

const fixture = createFixture();

/** By module format: how a program is started. */
const PROGRAMS = {
  "static import": ["--import", "ai-spans/register", "static-import.mjs"],
  "static import with --require": ["--require", "ai-spans/register", "static-import.mjs"],
  "dynamic import": ["--import", "ai-spans/register", "dynamic-import.mjs"],
  "import in CommonJS": ["--require", "ai-spans/register", "import-in-commonjs.cjs"],
  CommonJS: ["-r", "ai-spans/register", "with-require.cjs"],
  "CommonJS with --import": ["--import", "ai-spans/register", "with-require.cjs"],
} as const;

describe.each(NODES)("on $name", { timeout: 120_000 }, (node) => {
  testTraced("traces every call", fixture, node, PROGRAMS);

  test.each([
    ["--require", "--eval", "console.log(6 * 7)"],
    ["--import", "--eval", "console.log(6 * 7)"],
    ["--require", "--print", "6 * 7"],
    ["--import", "--print", "6 * 7"],
    ["--require", "--input-type=module", "--eval", "console.log(6 * 7)"],
  ])("changes nothing of a program on the command line: %s %s", async (flag, ...program) => {
    const project = fixture.project("v7");
    const environment = { NODE_OPTIONS: `${flag} ai-spans/register` };
    const { stdout, stderr, code } = await project.run(node, program, environment);
    expect({ stdout, stderr, code }).toEqual({ stdout: "42\n", stderr: "", code: 0 });
  });

  test("traces calls of a bundled AI SDK 7, by the SDK's registry", async () => {
    const { receiver } = fixture;
    const project = fixture.project("v7");
    await build({
      entryPoints: [join(project.folder, "static-import.mjs")],
      outfile: join(project.folder, "bundle.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    const args = ["--import", "ai-spans/register", "bundle.mjs"];
    const { stdout, stderr } = await project.run(node, args, exportingTo(receiver.url));
    expect(stderr).toEqual("");
    expect(JSON.parse(stdout)).toEqual(TEXTS);
    expect(receiver.trees()).toEqual(TREES);
  });
});

// The SDK 3 of OpenTelemetry needs Node 22.
describe.each(NODES.filter(({ name }) => name !== "node-20"))(
  "with SDK 3 of OpenTelemetry on $name",
  { timeout: 120_000 },
  (node) => {
    test.each(MAJORS)("traces every call of AI SDK %s", async (major) => {
      const { receiver } = fixture;
      const project = fixture.project(major, { openTelemetry: LINE_3 });
      for (const program of ["static import", "CommonJS"] as const) {
        receiver.reset();
        const { stdout } = await project.run(node, PROGRAMS[program], exportingTo(receiver.url));
        expect(JSON.parse(stdout)).toEqual(TEXTS);
        expect(receiver.trees()).toEqual(TREES);
      }
    });
  },
);
