/**
 * The packed package on the newer line of OpenTelemetry, API 1.10 and SDK 3, which needs Node 22. The older line is what
 * all other tests run on.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report } from "ai-spans/doctor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import { otlpTrees, type OtlpRequest } from "../../support/otlp-spans.ts";
import { completeSpan } from "../../support/span-tree.ts";
import { bundle } from "../bundle.ts";

const run = promisify(execFile);
const packages = fileURLToPath(new URL("node_modules", import.meta.url));

interface Printed extends OtlpRequest {
  readonly reports: readonly string[];
  readonly batches: readonly number[];
  readonly texts: readonly string[];
  readonly printed: string;
}

let project: PackedProject;
let folder: string;
beforeAll(async () => {
  project = await installPackedPackage();
  folder = mkdtempSync(join(tmpdir(), "ai-spans-opentelemetry-3-"));
  // A copy: behind a link it would see the other line of OpenTelemetry.
  mkdirSync(join(folder, "node_modules"));
  cpSync(project.packageFolder, join(folder, "node_modules/ai-spans"), { recursive: true });
  symlinkSync(join(packages, "@opentelemetry"), join(folder, "node_modules/@opentelemetry"));
  const program = await bundle(project, 'import "./opentelemetry-3/program.js";', {
    platform: "node",
    alias: {},
    external: ["ai-spans", "@opentelemetry/*"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  writeFileSync(join(folder, "program.mjs"), program);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  project.remove();
});

const runProgram = (options: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  run(join(packages, "node-22/bin/node"), [...options, "program.mjs"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...environment },
  });

test("gives the same spans, flushed through the SDK's own batch processor, and prints their trees", async () => {
  const { stdout } = await runProgram([]);
  const { reports, batches, texts, printed, ...request } = JSON.parse(stdout) as Printed;
  expect({ reports, batches, texts }).toEqual({
    reports: [],
    batches: [4, 2],
    texts: ["two rooms", "a room in Paris"],
  });
  expect(printed.split("\n").map((line) => line.split(/\b {2}/)[0])).toEqual([
    "span",
    "invoke_agent booking-agent",
    "├── chat mock-model",
    "├── execute_tool searchRooms",
    "└── chat mock-model",
    "",
    "span",
    "invoke_agent booking-agent",
    "└── chat mock-model",
    "",
    "",
  ]);
  // Spans of another scope would not be held against the conventions.
  expect(request.resourceSpans?.[0]?.scopeSpans?.[0]?.scope?.name).toBe("ai-spans");
  expect(otlpTrees(request)).toEqual([loopTree, streamedTree].map(completeSpan));
});

test("is examined by the doctor, which finds its exporters", async () => {
  const bare = await runProgram([]);
  const { stdout, stderr } = await runProgram(["--import", "ai-spans/doctor"], { AI_SPANS_DOCTOR: "json" });
  const { texts, batches } = JSON.parse(stdout) as Printed;
  expect({ texts, batches }).toEqual({ texts: ["two rooms", "a room in Paris"], batches: [4, 2] });
  expect(bare.stderr).toBe("");
  const { findings, checks, spans } = JSON.parse(stderr) as Report;
  expect(findings).toEqual([]);
  expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(spans).toMatchObject({ started: 6, ended: 6, exported: 6, failed: 0, waiting: 0 });
});
