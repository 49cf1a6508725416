/**
 * The runner of the exit programs for a file that only collects them: it keeps each table instead of running it.
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
