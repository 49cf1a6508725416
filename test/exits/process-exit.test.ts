/**
 * ai-spans keeps no process alive: a program that leaves a result unread or open exits by itself.
 */
import { expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { HUNG_MS, runTypeScript } from "../support/processes.ts";
import type { StreamOperation } from "./exit-stage.ts";

const PROGRAM = new URL("unread-process.ts", import.meta.url);

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
    expect(await runTypeScript(PROGRAM, major, operation)).toEqual({ code: 0, said: "left with open spans" });
  },
  HUNG_MS + 10_000,
);
