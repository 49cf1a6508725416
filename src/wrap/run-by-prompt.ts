/**
 * Finds the run of an agent's call by its prompt. A limiter or a batch queues calls and runs one call in the context of
 * another. The active context then has the wrong run.
 */
import { readProperty } from "../foundation/structure.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** The parameters of each running call, by agent. A run is removed when its method has settled, so no prompt is kept. */
const callsByAgent = new WeakMap<object, Map<WrappedRun, unknown>>();

/** @returns removes the run */
export function rememberPrompt(agent: object, run: WrappedRun, parameters: unknown): () => void {
  const runs = callsByAgent.get(agent) ?? new Map<WrappedRun, unknown>();
  callsByAgent.set(agent, runs.set(run, parameters));
  return () => runs.delete(run);
}

/** @returns the agent's run with the same prompt and messages; `current` where no run has them */
export function runWithPrompt(agent: object, parameters: unknown, current: WrappedRun): WrappedRun {
  const runs = callsByAgent.get(agent);
  if (!runs || isSamePrompt(runs.get(current), parameters)) return current;
  for (const [run, known] of runs) if (isSamePrompt(known, parameters)) return run;
  return current;
}

/** Compares by identity and reads nothing inside a prompt or a message. */
function isSamePrompt(known: unknown, parameters: unknown): boolean {
  const prompt = readProperty(parameters, "prompt");
  const messages = readProperty(parameters, "messages");
  const hasPrompt = prompt !== undefined || messages !== undefined;
  return (
    hasPrompt && readProperty(known, "prompt") === prompt && readProperty(known, "messages") === messages
  );
}
