/**
 * The table of transparency programs, by theme.
 */
import { aborts } from "./programs/aborts.ts";
import { asyncContexts } from "./programs/async-contexts.ts";
import { callbackPrograms } from "./programs/callbacks.ts";
import { calls } from "./programs/calls.ts";
import { executions } from "./programs/executions.ts";
import { failures } from "./programs/failures.ts";
import { models } from "./programs/models.ts";
import { namespaces } from "./programs/namespaces.ts";
import { readers } from "./programs/readers.ts";
import { results } from "./programs/results.ts";
import { stacks } from "./programs/stacks.ts";
import { toolShapes } from "./programs/tool-shapes.ts";
import type { Program } from "./stage.ts";

export const programs: Readonly<Record<string, readonly Program[]>> = {
  calls,
  namespaces,
  results,
  readers,
  callbacks: callbackPrograms,
  "tool shapes": toolShapes,
  executions,
  models,
  failures,
  aborts,
  "async contexts": asyncContexts,
  stacks,
};
