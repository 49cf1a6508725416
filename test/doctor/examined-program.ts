/**
 * Runs the programs of `program/` with the doctor as an option of Node, in a project that has ai-spans installed as npm
 * installs it: its package.json, and a build of both module formats.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Report } from "ai-spans/doctor";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("program", import.meta.url));
const ENTRIES = ["index", "doctor", "serverless"];
/** Only ends what would hang for ever. */
const HUNG_MS = 120_000;

export interface Project {
  readonly folder: string;
  remove(): void;
}

export async function createProject(): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "ai-spans-doctor-"));
  const packages = join(folder, "node_modules");
  mkdirSync(join(packages, "ai-spans"), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(REPOSITORY, "node_modules", name), join(packages, name));
  }
  copyFileSync(join(REPOSITORY, "package.json"), join(packages, "ai-spans/package.json"));
  for (const format of ["esm", "cjs"] as const) {
    await build({
      entryPoints: ENTRIES.map((name) => join(REPOSITORY, `src/${name}.ts`)),
      outdir: join(packages, "ai-spans/dist"),
      bundle: true,
      splitting: format === "esm",
      packages: "external",
      platform: "neutral",
      target: "es2022",
      format,
      ...(format === "cjs" && {
        outExtension: { ".js": ".cjs" },
        logOverride: { "empty-import-meta": "silent" },
      }),
    });
  }
  cpSync(PROGRAM, folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface ExaminedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** In the order of their printing. */
  readonly reports: readonly Report[];
}

export interface RunOptions {
  /** Default: `--import ai-spans/doctor`. */
  readonly options?: readonly string[];
  /** Default: `main.mjs`. */
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with what the child does and says, as it does. */
  readonly onChild?: (child: ExaminedChild) => void | Promise<void>;
}

export interface ExaminedChild {
  kill(signal: NodeJS.Signals): void;
  send(message: string): void;
  /** Resolves when the program has sent a message. */
  readonly messaged: Promise<unknown>;
  /** Resolves when so many reports were printed. */
  reported(count: number): Promise<void>;
}

export async function runProgram(
  { folder }: Project,
  args: readonly string[],
  {
    options = ["--import", "ai-spans/doctor"],
    file = "main.mjs",
    environment = {},
    onChild,
  }: RunOptions = {},
): Promise<ExaminedRun> {
  const child = spawn(process.execPath, [...options, file, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], AI_SPANS_DOCTOR: "json", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    timeout: HUNG_MS,
  });
  let stdout = "";
  let stderr = "";
  let waiting: Array<{ readonly count: number; readonly resolve: () => void }> = [];
  child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => {
    stderr += data.toString();
    const { length } = reportsIn(stderr);
    waiting = waiting.filter(({ count, resolve }) => length < count || resolve());
  });
  const closed = once(child, "close");
  await onChild?.({
    kill: (signal) => child.kill(signal),
    send: (message) => child.send(message),
    messaged: once(child, "message"),
    reported: (count) =>
      new Promise((resolve) => {
        if (reportsIn(stderr).length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  });
  const [code] = (await closed) as [number | null];
  return { code, stdout, stderr, reports: reportsIn(stderr) };
}

function reportsIn(stderr: string): Report[] {
  return stderr
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith('{"moment"'))
    .map((line) => JSON.parse(line) as Report);
}
