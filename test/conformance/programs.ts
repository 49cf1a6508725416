/**
 * Collects the conformance programs in one table, by theme.
 */
import type { TreeProgram } from "./program.ts";
import { aborts } from "./programs/aborts.ts";
import { answers } from "./programs/answers.ts";
import { agents } from "./programs/agents.ts";
import { directTools } from "./programs/direct-tools.ts";
import { embeddings } from "./programs/embeddings.ts";
import { failures } from "./programs/failures.ts";
import { leaving } from "./programs/leaving.ts";
import { media } from "./programs/media.ts";
import { models } from "./programs/models.ts";
import { names } from "./programs/names.ts";
import { objects } from "./programs/objects.ts";
import { reading } from "./programs/reading.ts";
import { requests } from "./programs/requests.ts";
import { reranking } from "./programs/reranking.ts";
import { streamFailures } from "./programs/stream-failures.ts";
import { toolApprovals } from "./programs/tool-approvals.ts";
import { toolCalls } from "./programs/tool-calls.ts";
import { toolLoops } from "./programs/tool-loops.ts";
import { turns } from "./programs/turns.ts";

export const programs: Readonly<Record<string, readonly TreeProgram[]>> = {
  reading,
  "tool loops": toolLoops,
  "tool calls": [...toolCalls, ...toolApprovals],
  "direct tools": directTools,
  requests,
  answers,
  failures,
  "stream failures": streamFailures,
  aborts,
  leaving,
  turns,
  names,
  objects,
  agents,
  embeddings,
  reranking,
  media,
  models,
};
