/**
 * `ai-spans/register` beside everything else that traces or replaces modules: each call has one set of spans.
 *
 * Holds: zero-code-once.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFixture } from "./fixture.ts";
import { exportingTo, MAJORS, NODES } from "./project.ts";
import { TEXTS, TREES } from "./workload-trees.ts";

const fixture = createFixture();

const REGISTER = ["--import", "ai-spans/register"];
const REQUIRE = ["--require", "ai-spans/register"];
/** Registers the asynchronous loader for all modules, and an SDK with the instrumentation. */
const OWN_SDK = ["--import", "./instrumentation.mjs"];
const SYNCHRONOUS_LOADER = ["--import", "./synchronous-loader.mjs"];
/** The oldest has asynchronous loaders only, the newest has both. */
const OUTER_NODES = NODES.filter((node) => node === NODES[0] || node === NODES.at(-1));

describe.each(MAJORS)("on AI SDK %s", { timeout: 120_000 }, (major) => {
  describe.each(OUTER_NODES)("on $name", (node) => {
    test.each([
      ["loaded once", REGISTER],
      ["loaded by --require and by --import", [...REQUIRE, ...REGISTER]],
    ])("the wrappers, adapters and instrumentations of both builds, %s", async (_how, flags) => {
      const { receiver } = fixture;
      const project = fixture.project(major);
      const { stderr } = await project.run(node, [...flags, "beside.cjs"], exportingTo(receiver.url));
      expect(stderr).toEqual("");
      expect(receiver.trees()).toEqual(Array.from({ length: 4 }, () => TREES).flat());
    });

    const loaders = [
      ["a loader before it", [...OWN_SDK, ...REGISTER]],
      ["a loader after it", [...REGISTER, ...OWN_SDK]],
      ["a synchronous loader before it", [...SYNCHRONOUS_LOADER, ...REGISTER]],
      ["a synchronous loader after it", [...REGISTER, ...SYNCHRONOUS_LOADER]],
    ] as const;
    // Node 20 has no synchronous hooks.
    const known = loaders.filter(([what]) => node.name !== "node-20" || !what.includes("synchronous"));
    test.each(known)("%s", async (_what, flags) => {
      const { receiver } = fixture;
      const project = fixture.project(major);
      const args = [...flags, "static-import.mjs"];
      const { stdout, stderr } = await project.run(node, args, exportingTo(receiver.url));
      expect(stderr).toEqual("");
      expect(JSON.parse(stdout)).toEqual(TEXTS);
      expect(receiver.trees()).toEqual(TREES);
    });
  });

  test.each([
    ["before", (other: readonly string[]) => [...other, ...REGISTER]],
    ["after", (other: readonly string[]) => [...REGISTER, ...other]],
  ])("calls the hook of another instrumentation once: %s it", async (_order, flags) => {
    const { receiver } = fixture;
    for (const node of OUTER_NODES) {
      receiver.reset();
      const args = [...flags(["--import", "./counted-hook.mjs"]), "static-import.mjs"];
      const { stdout, stderr } = await fixture.project(major).run(node, args, exportingTo(receiver.url));
      expect(stderr).toEqual("");
      const [texts = "", calls] = stdout.trim().split("\n");
      expect(JSON.parse(texts)).toEqual(TEXTS);
      expect({ node: node.name, calls }).toEqual({ node: node.name, calls: "1" });
      expect(receiver.trees()).toEqual(TREES);
    }
  });

  const run = ["chat", "execute_tool", "chat", "invoke_agent"];
  const owners = [
    ["a wrapper", "own-provider.mjs", run],
    ["an instrumentation of the CommonJS build", "own-options.cjs", run],
    ["wrapped agents", "own-agent.mjs", [...run, ...run]],
  ] as const;
  const flagsBeside = [
    ["no flag", []],
    ["--import", REGISTER],
    ["--require", REQUIRE],
  ] as const;
  const ownings = owners.flatMap(([owner, program, spans]) =>
    flagsBeside.map(([flag, flags]) => [owner, flag, program, flags, spans] as const),
  );
  test.each(ownings)(
    "leaves the spans to %s with a provider of its own: %s",
    async (_owner, _flag, program, flags, spans) => {
      const { receiver } = fixture;
      const [node] = NODES;
      if (!node) throw new Error("no Node runs the tests");
      const args = [...flags, program];
      const { stdout, stderr } = await fixture.project(major).run(node, args, exportingTo(receiver.url));
      expect(stderr).toEqual("");
      const { names, keys } = JSON.parse(stdout) as { names: string[]; keys: string[] };
      expect(names.map((name) => name.split(" ")[0])).toEqual(spans);
      expect(keys).toContain("booking.operation.name");
      expect(keys.filter((key) => !key.startsWith("booking."))).toEqual([]);
      expect(receiver.trees()).toEqual([]);
    },
  );

  test.each([
    ["--import", REGISTER],
    ["--require", REQUIRE],
  ])("leaves the spans to an SDK that the program registers after it: %s", async (_flag, flags) => {
    const { receiver } = fixture;
    const [node] = NODES;
    if (!node) throw new Error("no Node runs the tests");
    const args = [...flags, "own-sdk.cjs"];
    const { stdout, stderr } = await fixture.project(major).run(node, args, exportingTo(receiver.url));
    expect(stderr).toEqual("");
    expect(JSON.parse(stdout)).toEqual(TREES);
    expect(receiver.trees()).toEqual([]);
  });
});

describe.each(OUTER_NODES)("on $name", (node) => {
  test("leaves a package alone that has the name `ai` and is not the SDK", async () => {
    const project = fixture.project("v6");
    const folder = join(project.folder, "other");
    const packages = join(folder, "node_modules");
    mkdirSync(join(packages, "ai"), { recursive: true });
    const manifest = { name: "ai", version: "6.1.0", main: "index.cjs" };
    writeFileSync(join(packages, "ai/package.json"), JSON.stringify(manifest));
    writeFileSync(
      join(packages, "ai/index.cjs"),
      "exports.embed = (value) => value + 1; exports.generateText = () => 'text';\n" +
        "globalThis.original = { ...exports };\n",
    );
    writeFileSync(
      join(folder, "app.cjs"),
      "void import('ai').then((imported) => { const { original } = globalThis; const required = require('ai');\n" +
        "const isSame = (ai) => ai.embed === original.embed && ai.generateText === original.generateText;\n" +
        "console.log(JSON.stringify([isSame(required), isSame(imported), isSame(imported.default)])); });\n",
    );
    const { stdout, stderr } = await project.run(node, [...REGISTER, join("other", "app.cjs")]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([true, true, true]);
  });
});
