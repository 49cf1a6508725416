/**
 * ai-spans keeps no process alive: a program that leaves a result unread or open exits by itself.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import type { StreamOperation } from "./exit-stage.ts";

const PROGRAM = fileURLToPath(new URL("unread-process.ts", import.meta.url));
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

test.each(RUNS.map((run) => [run.operation, run.major, run] as const))(
  "exits by itself after results of %s that were left in each way (%s)",
  async (_operation, _major, { major, operation }) => {
    const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, major, operation], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: HUNG_MS,
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect({ code, said }).toEqual({ code: 0, said: "left with open spans" });
  },
  HUNG_MS + 10_000,
);
