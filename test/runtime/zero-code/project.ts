/**
 * Projects with the packed package and one major of the AI SDK under its real name, which the module hooks look for. Their
 * programs run in processes of their own, on each Node that is installed.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const repositoryPackages = join(repository, "node_modules");

export const MAJORS = ["v5", "v6", "v7"] as const;
export type MajorName = (typeof MAJORS)[number];

/** By major: the name of the folder in the repository's `node_modules`. */
const SDK_FOLDERS = { v5: "ai-v5", v6: "ai-v6", v7: "ai" } as const;

/** The OpenTelemetry packages beside this file: API 1.9 and SDK 2. */
export const LINE_2: string = join(here, "node_modules/@opentelemetry");
/** API 1.10 and SDK 3. */
export const LINE_3: string = join(here, "opentelemetry-3/node_modules/@opentelemetry");

/** Module hooks of import-in-the-middle 1. */
export const OLDER_HOOKS: string = join(here, "older-hooks/node_modules/@opentelemetry");

export interface NodeBinary {
  readonly name: string;
  readonly path: string;
}

/** The Node that runs the tests, and those that `npm ci --prefix .ci/nodes` installs. */
export const NODES: readonly NodeBinary[] = [
  { name: `node-${process.versions.node.split(".")[0]}`, path: process.execPath },
  ...["node-22", "node-24"].map((name) => ({
    name,
    path: join(repository, ".ci/nodes/node_modules", name, "bin/node"),
  })),
].filter(
  ({ name, path }, index, all) => existsSync(path) && all.findIndex((node) => node.name === name) === index,
);

export interface ProjectOptions {
  /** A folder `@opentelemetry`. Default: `LINE_2`. */
  readonly openTelemetry?: string;
  /** The packages of it that are installed, without the scope. Default: all. */
  readonly installed?: readonly string[];
}

export class Project {
  readonly folder: string;

  constructor(packageFolder: string, major: MajorName, options: ProjectOptions = {}) {
    const { openTelemetry = LINE_2, installed = readdirSync(openTelemetry) } = options;
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "ai-spans-zero-code-")));
    const packages = join(this.folder, "node_modules");
    mkdirSync(join(packages, "@opentelemetry"), { recursive: true });
    // What the SDK depends on. The SDK itself is a copy: behind a link it would have the name of the alias.
    for (const name of readdirSync(repositoryPackages)) {
      const isOther =
        /^(\.|ai$|ai-|@opentelemetry$|import-in-the-middle$|require-in-the-middle$|signal-exit$)/.test(name);
      if (!isOther) symlinkSync(join(repositoryPackages, name), join(packages, name));
    }
    cpSync(join(repositoryPackages, SDK_FOLDERS[major]), join(packages, "ai"), { recursive: true });
    cpSync(packageFolder, join(packages, "ai-spans"), { recursive: true });
    for (const name of installed)
      symlinkSync(join(openTelemetry, name), join(packages, "@opentelemetry", name));
    symlinkSync(join(here, "node_modules/signal-exit"), join(packages, "signal-exit"));
    cpSync(join(here, "programs"), this.folder, { recursive: true });
    cpSync(join(here, "../commonjs/programs/agent.js"), join(this.folder, "agent.js"));
  }

  /** Starts a program, without the environment of the test runner. */
  start(
    node: NodeBinary,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    input: "ignore" | "pipe" = "ignore",
  ): ChildProcess {
    return spawn(node.path, args, {
      cwd: this.folder,
      env: { PATH: process.env["PATH"], ...environment },
      stdio: [input, "pipe", "pipe"],
    });
  }

  /** Runs a program to its end. */
  async run(...start: Parameters<Project["start"]>): Promise<Ended> {
    return ended(this.start(...start));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data) => (stdout += String(data)));
  child.stderr?.on("data", (data) => (stderr += String(data)));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { stdout, stderr, code, signal };
}

/** The environment of a program whose spans go to a receiver. */
export function exportingTo(url: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL("/", url).href,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_SERVICE_NAME: "booking",
  };
}
