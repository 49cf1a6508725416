/**
 * A server of another maker as a child process, from the line that says it is ready until it is killed. It has a
 * process group of its own, so that nothing it has started stays behind.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface ServerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What it prints when it takes connections. */
  readonly ready: RegExp;
  /** For one that must wait for its own children. Default: killed at once, for nothing that it has written is kept. */
  readonly endsGently?: true;
}

export interface Server {
  /** What `ready` has found. */
  readonly readyLine: RegExpExecArray;
  readonly stop: () => Promise<void>;
}

/** @throws Error, with what the server has printed, when it ends before it is ready, or is not installed */
export async function startServer(server: ServerCommand): Promise<Server> {
  const child = spawn(server.command, server.arguments, {
    env: { ...process.env, ...server.environment },
    // Its input stays open: kcat ends with it.
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // Should the test runner end without its teardown.
  process.once("exit", () => signalGroup(child, "SIGKILL"));
  try {
    const readyLine = await printed(child, server);
    return { readyLine, stop: async () => stop(child, server.endsGently ? "SIGTERM" : "SIGKILL") };
  } catch (error) {
    await stop(child, "SIGKILL");
    throw error;
  }
}

async function printed(child: ChildProcess, { command, ready }: ServerCommand): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = ready.exec(output);
      if (found) resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
    child.once("error", () => reject(new Error(`${command} is not there; run: bash .ci/servers`)));
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined) return;
  const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  signalGroup(child, signal);
  await gone;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group has gone already.
  }
}
