/**
 * Starts a broker's server as a child process, waits until it prints that it is ready, and kills it at the end. The
 * server has its own process group, so that its children end with it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface ServerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Matches what the server prints when it accepts connections. */
  readonly ready: RegExp;
  /**
   * Ends the server with SIGTERM, because it must wait for its children. By default it is killed at once, because its
   * data is not kept.
   */
  readonly endsGently?: true;
}

export interface Server {
  /** The match of `ready`. */
  readonly readyLine: RegExpExecArray;
  readonly stop: () => Promise<void>;
}

/** @throws Error, with what the server has printed, if it ends before it is ready or is not installed */
export async function startServer(server: ServerCommand): Promise<Server> {
  const child = spawn(server.command, server.arguments, {
    env: { ...process.env, ...server.environment },
    // Standard input stays open, because kcat ends with it.
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // In case the test runner exits without its teardown.
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
