/**
 * A server of a project, in a process of its own, as the page starts it.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { kill, printed } from "../runtime/printed.ts";
import { findNode, projects, type ProjectName } from "./projects.ts";

const run = promisify(execFile);

export interface Start {
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Service {
  readonly url: string;
  /** Stops it as a platform does, by SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export async function startService({ folder, command, args, environment }: Start): Promise<Service> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    url: await addressOf(child),
    async stop() {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
    },
    kill: () => kill(child),
  };
}

/** Each server prints its address. One that listens on all interfaces names none of them that a client can use. */
async function addressOf(child: ChildProcess): Promise<string> {
  const port = await printed(child, (text) => /https?:\/\/[\w.[\]:]+:(\d+)/.exec(text)?.[1]);
  return `http://localhost:${port}`;
}

/** Starts a program of a project on Node. */
export function onNode(
  name: ProjectName,
  ...args: string[]
): (environment: Start["environment"]) => Promise<Service> {
  return (environment) =>
    startService({ folder: projects[name].folder, command: findNode(), args, environment });
}

/** Runs a program of a package of a project to its end, as `npx` does. */
export async function runIn(name: ProjectName, path: string, ...args: string[]): Promise<void> {
  const { folder } = projects[name];
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_ENV: "production" };
  await run(findNode(), [`node_modules/${path}`, ...args], { cwd: folder, env }).catch((error: unknown) => {
    // Some programs print what is wrong to their standard output.
    throw new Error((error as { readonly stdout?: string }).stdout, { cause: error });
  });
}
