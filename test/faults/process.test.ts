/**
 * A process in which every place throws goes on and exits by itself. ai-spans neither ends it nor keeps it alive.
 *
 * Holds: ends-once.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("faulty-process.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Ends only a process that hangs for ever. */
const HUNG_MS = 120_000;

test.each([
  ["v5", "wrapper"],
  ["v6", "wrapper"],
  ["v7", "wrapper"],
  ["v7", "adapter"],
])(
  "lives through a fault at every place (%s, %s)",
  async (major, entry) => {
    const given = ["--expose-gc", "--import", "tsx", PROGRAM, major, entry];
    const child = spawn(process.execPath, given, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: HUNG_MS,
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect({ code, said }).toEqual({ code: 0, said: "lived" });
  },
  HUNG_MS + 10_000,
);
