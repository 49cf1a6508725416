/**
 * Runs a program of the tests in a process of its own, to its end.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Ends only a process that hangs for ever. */
export const HUNG_MS = 120_000;

export interface Ended {
  readonly code: number | null;
  /** What it printed to both streams. */
  readonly said: string;
}

interface ProcessOptions {
  /** The working directory. The default is the root of the repository. */
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** @param args of Node: its options, the program and the arguments of the program */
export async function runNode(
  args: readonly string[],
  { cwd = ROOT, environment = {} }: ProcessOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: HUNG_MS,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

/** Runs a TypeScript program. */
export async function runTypeScript(program: URL, ...args: readonly string[]): Promise<Ended> {
  return runNode(["--expose-gc", "--import", "tsx", fileURLToPath(program), ...args]);
}
