/**
 * Runs the program beside a neighbor, in its own process. Returns what the program printed and what the neighbor sent.
 * It copies the program into the neighbor's folder, so that the program finds the packages installed there.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import type { SentSpan } from "../support/sent-span.ts";
import { startModelServer } from "./model-server.ts";
import { startReceiver, type AnswerTo, type ReceivedRequest } from "./receiver.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the installed package. */
    readonly packageFolder: string;
  }
}

export type Way = "without" | "wrapper" | "adapter";
/** "outer wrapper" means that ai-spans wraps the SDK that the neighbor has wrapped. "wrapper" means the opposite. */
export type ProgramWay = Way | "outer wrapper";
/** A folder of the neighbor that has this major as `ai`. */
export type Major = "v5" | "v6" | "v7";

export interface Neighbor {
  /** The neighbor's folder. It has a lockfile, a folder for each major, and `neighbor.mjs`. */
  readonly folder: string;
  /** Arguments of Node that load the neighbor before the program. */
  readonly args?: readonly string[];
  /** @param url to which the neighbor must send */
  readonly environment?: (url: string) => Readonly<Record<string, string>>;
  /** The answers of the receiver. The default is an empty object. */
  readonly answer?: AnswerTo;
  /** The default is `"module"`. */
  readonly format?: "module" | "commonjs";
  /** Set if the neighbor must not run on the Node of the tests. `.ci/nodes` has it. */
  readonly node?: "node-22" | "node-24";
}

/** How a program that has no code of ours is traced. The flag stands before the neighbor's arguments or after them. */
export const FLAGS = [
  "flag before",
  "flag after",
  "instrumentation before",
  "instrumentation after",
] as const;
export type Flag = (typeof FLAGS)[number];

/** @returns the neighbor, in a process that is started with the flag */
export function withFlag(neighbor: Neighbor, flag: Flag): Neighbor {
  const { args = [], format } = neighbor;
  const instrumentation = format === "commonjs" ? "./instrumentation.cjs" : "./instrumentation.mjs";
  const loaded = flag.startsWith("flag") ? "ai-spans/register" : instrumentation;
  // Node runs each `--require` before each `--import`, so an order needs the option of the neighbor.
  const ours = [args[0] ?? "--import", loaded];
  return { ...neighbor, args: flag.endsWith("before") ? [...ours, ...args] : [...args, ...ours] };
}

export interface Run {
  /** What the program got from its calls. */
  readonly program: unknown;
  /** The reports to `diag`. */
  readonly reports: readonly string[];
  /** Every span of the registered OpenTelemetry provider, in order of their starts. */
  readonly spans: readonly SentSpan[];
  readonly requests: readonly ReceivedRequest[];
  /** What the process wrote to standard error, in all ways. */
  readonly errors: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const NODES = join(here, "../../.ci/nodes/node_modules");
/** Only ends what would hang for ever. */
const TIME_LIMIT_MS = 240_000;

/** @param scenario a function of `program/calls.mjs` or `program/routes.mjs` */
export async function runBeside(
  neighbor: Neighbor,
  major: Major,
  way: Way,
  scenario = "makeCalls",
): Promise<Run> {
  const [run] = await runWays(neighbor, major, [way], scenario);
  if (!run) throw new Error("the program printed nothing");
  return run;
}

/**
 * Runs the program in several ways in one process, because each process takes a second. The neighbor must have a
 * `flush`.
 *
 * @param ways the control first and an adapter last, because it stays registered
 */
export async function runWays(
  neighbor: Neighbor,
  major: Major,
  ways: readonly ProgramWay[],
  scenario = "makeCalls",
): Promise<Run[]> {
  const packages = join(here, neighbor.folder, major, "node_modules");
  mkdirSync(packages, { recursive: true });
  const folder = mkdtempSync(join(packages, ".program-"));
  const modelServer = await startModelServer();
  const receiver = await startReceiver(neighbor.answer);
  try {
    cpSync(join(here, "program"), folder, { recursive: true });
    cpSync(join(here, neighbor.folder, "neighbor.mjs"), join(folder, "neighbor.mjs"));
    cpSync(inject("packageFolder"), join(folder, "node_modules/ai-spans"), { recursive: true });
    const file = neighbor.format === "commonjs" ? "program.cjs" : "program.mjs";
    const { printed, errors } = await output(
      neighbor,
      ["--expose-gc", ...(neighbor.args ?? []), file, ways.join(), scenario],
      folder,
      {
        MODEL_URL: modelServer.url,
        RECEIVER_URL: receiver.url,
        ...neighbor.environment?.(receiver.url),
      },
    );
    // A neighbor may print lines too.
    const lines = printed.split("\n").filter((line) => line.startsWith('{"program":'));
    const requests = splitAtEnds(receiver.requests);
    return lines.map((line, index) => ({
      ...(JSON.parse(line) as Omit<Run, "requests" | "errors">),
      requests: requests[index] ?? [],
      errors,
    }));
  } finally {
    await Promise.all([modelServer.close(), receiver.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program sends a request to `/end-of-way` when the neighbor has sent all of one way. */
function splitAtEnds(requests: readonly ReceivedRequest[]): ReceivedRequest[][] {
  const split: ReceivedRequest[][] = [[]];
  for (const request of requests) {
    if (request.path === "/end-of-way") split.push([]);
    else split.at(-1)?.push(request);
  }
  return split;
}

async function output(
  { node }: Neighbor,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly printed: string; readonly errors: string }> {
  const file = node === undefined ? process.execPath : join(NODES, node, "bin/node");
  const options = {
    cwd,
    env: { PATH: process.env["PATH"], ...environment },
    timeout: TIME_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}\n${stdout.slice(0, 2_000)}`));
      else resolve({ printed: stdout, errors: stderr });
    });
  });
}
