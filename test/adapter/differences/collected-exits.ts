/**
 * Replaces the runner of the exit programs where a file only collects them: `testExits` keeps each table and runs
 * nothing.
 */
import type { Exit } from "../../exits/exit.ts";
import type { StreamOperation } from "../../exits/exit-application.ts";

export interface CollectedExit {
  readonly exit: Exit;
  readonly operation: StreamOperation;
}

export const collectedExits: CollectedExit[] = [];

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  collectedExits.push(...exits.map((exit) => ({ exit, operation })));
}
