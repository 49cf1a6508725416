/**
 * The packed root entry records the same spans on every runtime that it supports.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EdgeVM } from "@edge-runtime/vm";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackedPackage, type PackedProject } from "../package/packed-project.ts";
import { loopTree, streamedTree } from "../serverless/agent-trees.ts";
import { otlpTrees, type OtlpRequest } from "../support/otlp-spans.ts";
import { completeSpan } from "../support/span-tree.ts";
import { bundle, forWorkerd } from "./bundle.ts";

const run = promisify(execFile);
const locate = createRequire(import.meta.url);

let project: PackedProject;

beforeAll(async () => {
  project = await installPackedPackage();
});
afterAll(() => project?.remove());

function expectSpans(printed: string): void {
  const request = JSON.parse(printed) as OtlpRequest;
  expect(otlpTrees(request)).toEqual([loopTree, streamedTree].map(completeSpan));
}

function binary(name: "bun" | "deno", path: string): string {
  return join(dirname(locate.resolve(`${name}/package.json`)), path);
}

test.each([
  ["Node", process.execPath, []],
  ["Bun", binary("bun", "bin/bun.exe"), ["run"]],
  [
    "Deno",
    binary("deno", "deno"),
    ["run", "--no-remote", "--cached-only", "--allow-env", "--allow-read", "--allow-sys"],
  ],
] as const)("%s imports the installed package", async (_runtime, command, args) => {
  const program = await bundle(project, 'import { smoke } from "./smoke.ts"; console.log(await smoke());', {
    platform: "node",
    alias: {},
    external: ["ai-spans", "@opentelemetry/api"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  writeFileSync(join(project.folder, "smoke.mjs"), program);
  const { stdout } = await run(command, [...args, "smoke.mjs"], { cwd: project.folder });
  expectSpans(stdout);
});

test("workerd runs a bundle of it", async () => {
  const script = await bundle(
    project,
    'import { smoke } from "./smoke.ts"; export default { fetch: async () => new Response(await smoke()) };',
    forWorkerd,
  );
  const worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-04-26",
    compatibilityFlags: ["nodejs_compat"],
  });
  try {
    expectSpans(await (await worker.dispatchFetch("http://localhost/")).text());
  } finally {
    await worker.dispose();
  }
});

test("Vercel's edge runtime runs a bundle of it", async () => {
  const initialCode = await bundle(
    project,
    'import { smoke } from "./smoke.ts"; Object.assign(globalThis, { smoke });',
    { platform: "browser", format: "iife", conditions: ["edge-light", "worker", "import"] },
  );
  const vm = new EdgeVM({ initialCode });
  expectSpans(await vm.evaluate<Promise<string>>("smoke()"));
});
