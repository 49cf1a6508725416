/**
 * A process in which every place throws goes on and exits by itself. ai-spans neither ends it nor keeps it alive.
 *
 * Holds: ends-once.
 */
import { expect, test } from "vitest";
import { HUNG_MS, runTypeScript } from "../support/processes.ts";

const PROGRAM = new URL("faulty-process.ts", import.meta.url);

test.each([
  ["v5", "wrapper"],
  ["v6", "wrapper"],
  ["v7", "wrapper"],
  ["v7", "adapter"],
])(
  "lives through a fault at every place (%s, %s)",
  async (major, entry) => {
    expect(await runTypeScript(PROGRAM, major, entry)).toEqual({ code: 0, said: "lived" });
  },
  HUNG_MS + 10_000,
);
