/**
 * ai-spans keeps no process alive: a program that leaves a result unread or open exits by itself. A program that exits ends
 * what is open, where `ai-spans/register` has set the SDK up.
 */
import { expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { HUNG_MS, runTypeScript } from "../support/processes.ts";
import type { StreamOperation } from "./exit-stage.ts";

const PROGRAM = new URL("unread-process.ts", import.meta.url);
const EXITING = new URL("exiting-process.ts", import.meta.url);

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

test(
  "process.exit ends what is open",
  async () => {
    expect(await runTypeScript(EXITING)).toEqual({ code: 0, said: "execute_tool searchRooms: shutdown\n" });
  },
  HUNG_MS + 10_000,
);
