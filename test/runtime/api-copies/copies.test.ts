/**
 * The packed package in a program whose OpenTelemetry SDK is registered with another copy, or another version, of
 * `@opentelemetry/api` than the one beside ai-spans.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report } from "ai-spans/doctor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { bundle } from "../bundle.ts";

const run = promisify(execFile);
const packages = fileURLToPath(new URL("node_modules/", import.meta.url));

interface Printed {
  readonly reports: readonly string[];
  readonly texts: readonly string[];
  readonly spans: readonly { readonly id: string; readonly parent?: string; readonly name: string }[];
}

let project: PackedProject;
let folder: string;
beforeAll(async () => {
  project = await installPackedPackage();
  folder = mkdtempSync(join(tmpdir(), "ai-spans-api-copies-"));
  // A copy: behind a link it would find another version of the API.
  mkdirSync(join(folder, "node_modules"));
  cpSync(project.packageFolder, join(folder, "node_modules/ai-spans"), { recursive: true });
  symlinkSync(join(packages, "@opentelemetry"), join(folder, "node_modules/@opentelemetry"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  project.remove();
});

/** The program has these versions in its bundle. */
async function runWith(api: string, line: 1 | 2): Promise<Printed> {
  const { stdout } = await run(process.execPath, [await programWith(api, line)], { cwd: folder });
  return JSON.parse(stdout) as Printed;
}

/** The report of the doctor at the exit of that program. */
async function examineWith(api: string, line: 1 | 2): Promise<Report> {
  const args = ["--import", "ai-spans/doctor", await programWith(api, line)];
  const { stderr } = await run(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], AI_SPANS_DOCTOR: "json" },
  });
  return JSON.parse(stderr) as Report;
}

async function programWith(api: string, line: 1 | 2): Promise<string> {
  const program = await bundle(project, 'import "./api-copies/program.js";', {
    platform: "node",
    alias: {
      "@opentelemetry/api": join(packages, `api-${api}`),
      "@opentelemetry/sdk-trace-base": join(packages, `sdk-${line}`),
      "@opentelemetry/context-async-hooks": join(packages, `context-${line}`),
    },
    external: ["ai-spans"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const file = `program-${api}-${line}.mjs`;
  writeFileSync(join(folder, file), program);
  return file;
}

/** The names of the spans, each behind those of its parents. */
function pathsOf({ spans }: Printed): string[] {
  const pathOf = (id: string | undefined): string[] => {
    const span = spans.find((other) => other.id === id);
    return span ? [...pathOf(span.parent), span.name] : [];
  };
  return spans.map(({ id }) => pathOf(id).join(" > ")).toSorted();
}

const texts = ["two rooms", "two rooms"];
const runOf = (parents: string): string[] => [
  `${parents}invoke_agent booking-agent`,
  `${parents}invoke_agent booking-agent > chat mock-model`,
  `${parents}invoke_agent booking-agent > chat mock-model`,
  `${parents}invoke_agent booking-agent > execute_tool searchRooms`,
];

describe.each([
  ["1.9", 1],
  ["1.9", 2],
  ["1.10", 1],
  ["1.10", 2],
] as const)("API %s and SDK %d", (api, line) => {
  test("a copy that the one beside ai-spans takes: the runs are below the program's spans", async () => {
    const printed = await runWith(api, line);
    expect(printed).toMatchObject({ reports: [], texts });
    expect(pathsOf(printed)).toEqual([...runOf(""), "request", ...runOf("request > ")].toSorted());
  });
});

test("an older API: nothing is recorded, and one report says why", async () => {
  const printed = await runWith("1.8", 1);
  expect(printed).toMatchObject({ texts, spans: [{ name: "request" }] });
  expect(printed.reports).toEqual([
    expect.stringMatching(/^nothing is recorded: .* another version of @opentelemetry\/api/),
  ]);
});

test("an older API: the doctor finds both versions", async () => {
  const { findings } = await examineWith("1.8", 1);
  expect(findings.map(({ id }) => id)).toContain("provider-of-another-api");
  const finding = findings.find(({ id }) => id === "provider-of-another-api");
  expect(finding?.details).toEqual({ registeredVersion: "1.8.0", ourVersion: "1.9.1" });
});

test.each([
  ["1.9", 1],
  ["1.10", 2],
] as const)("API %s and SDK %d: the doctor finds nothing", async (api, line) => {
  const { findings, spans } = await examineWith(api, line);
  expect(findings).toEqual([]);
  expect(spans).toMatchObject({ started: 8, ended: 8, exported: 8 });
});
