/**
 * The table of transparency programs, by theme.
 */
import { aborts } from "./programs/aborts.ts";
import { agents } from "./programs/agents.ts";
import { asyncContexts } from "./programs/async-contexts.ts";
import { callbackPrograms } from "./programs/callbacks.ts";
import { calls } from "./programs/calls.ts";
import { events } from "./programs/events.ts";
import { executions } from "./programs/executions.ts";
import { failures } from "./programs/failures.ts";
import { frozen } from "./programs/frozen.ts";
import { liveTools } from "./programs/live-tools.ts";
import { mocks } from "./programs/mocks.ts";
import { modelIds } from "./programs/model-ids.ts";
import { modelStreams } from "./programs/model-streams.ts";
import { models } from "./programs/models.ts";
import { namespaces } from "./programs/namespaces.ts";
import { objects } from "./programs/objects.ts";
import { prepared } from "./programs/prepared.ts";
import { readers } from "./programs/readers.ts";
import { results } from "./programs/results.ts";
import { stacks } from "./programs/stacks.ts";
import { toolOrder } from "./programs/tool-order.ts";
import { toolShapes } from "./programs/tool-shapes.ts";
import type { WatchedProgram } from "./stage.ts";

export const programs: Readonly<Record<string, readonly WatchedProgram[]>> = {
  calls,
  namespaces,
  mocks,
  results,
  readers,
  objects,
  callbacks: callbackPrograms,
  events,
  prepared,
  agents,
  "tool shapes": toolShapes,
  "live tools": liveTools,
  "tool order": toolOrder,
  executions,
  frozen,
  models,
  "model ids": modelIds,
  "model streams": modelStreams,
  failures,
  aborts,
  "async contexts": asyncContexts,
  stacks,
};
