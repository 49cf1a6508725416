/**
 * All canary programs.
 */
import type { CanaryProgram } from "./stage.ts";
import { textPrograms } from "./text-programs.ts";

export const programs: readonly CanaryProgram[] = [...textPrograms];
