/**
 * ai-spans keeps no process alive: a program that leaves a result unread or open exits by itself. A program that exits ends
 * what is open, where `ai-spans/register` has set the SDK up.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import type { StreamOperation } from "./exit-application.ts";

const PROGRAM = fileURLToPath(new URL("unread-process.ts", import.meta.url));
const EXITING = fileURLToPath(new URL("exiting-process.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Ends only a process that hangs for ever. */
const HUNG_MS = 60_000;

interface Run {
  readonly major: string;
  readonly operation: StreamOperation;
}

const RUNS: readonly Run[] = [
  ...majors.map(({ name }): Run => ({ major: name, operation: "streamText" })),
  { major: "v7", operation: "experimental_streamTextLowMemory" },
];

async function end(program: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", ...program], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: HUNG_MS,
  });
  let said = "";
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test.each(RUNS.map((run) => [run.operation, run.major, run] as const))(
  "exits by itself after results of %s that were left in each way (%s)",
  async (_operation, _major, { major, operation }) => {
    expect(await end([PROGRAM, major, operation])).toEqual({ code: 0, said: "left with open spans" });
  },
  HUNG_MS + 10_000,
);

test(
  "process.exit ends what is open",
  async () => {
    expect(await end([EXITING])).toEqual({ code: 0, said: "execute_tool searchRooms: shutdown\n" });
  },
  HUNG_MS + 10_000,
);
