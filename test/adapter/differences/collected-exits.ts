/**
 * Collects the exit programs of the files that are imported after this one. It runs none of them.
 */
import { testExitsBy, type Exit } from "../../exits/exit.ts";
import type { StreamOperation } from "../../exits/exit-stage.ts";

interface CollectedExit {
  readonly exit: Exit;
  readonly operation: StreamOperation;
}

export const collectedExits: CollectedExit[] = [];

testExitsBy((exits, operation) => {
  collectedExits.push(...exits.map((exit) => ({ exit, operation })));
});
