/**
 * All canary programs.
 */
import { modelPrograms } from "./model-programs.ts";
import { objectPrograms } from "./object-programs.ts";
import type { CanaryProgram } from "./stage.ts";
import { textPrograms } from "./text-programs.ts";
import { wirePrograms } from "./wire-programs.ts";

export const programs: readonly CanaryProgram[] = [
  ...textPrograms,
  ...objectPrograms,
  ...modelPrograms,
  ...wirePrograms,
];
