/**
 * Finds the run of an agent's call by its prompt. A rate limiter or a batch may queue calls and run one call in the
 * context of another call. Then the active context leads to the wrong run.
 */
import { readProperty } from "../foundation/structure.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/**
 * The running calls of each agent, with their parameters. A call is removed when its method has settled, so no prompt
 * stays in memory.
 */
const callsByAgent = new WeakMap<object, Map<WrappedRun, unknown>>();

/** @returns a function that removes the run */
export function rememberPrompt(agent: object, run: WrappedRun, parameters: unknown): () => void {
  const runs = callsByAgent.get(agent) ?? new Map<WrappedRun, unknown>();
  callsByAgent.set(agent, runs.set(run, parameters));
  return () => runs.delete(run);
}

/** @returns the agent's run that has the same prompt and messages; `current` if no run has them */
export function runWithPrompt(agent: object, parameters: unknown, current: WrappedRun): WrappedRun {
  const runs = callsByAgent.get(agent);
  if (!runs || isSamePrompt(runs.get(current), parameters)) return current;
  for (const [run, known] of runs) if (isSamePrompt(known, parameters)) return run;
  return current;
}

/** Whether both have the same prompt and the same messages. Compares by identity, so nothing inside them is read. */
function isSamePrompt(known: unknown, parameters: unknown): boolean {
  const prompt = readProperty(parameters, "prompt");
  const messages = readProperty(parameters, "messages");
  const hasPrompt = prompt !== undefined || messages !== undefined;
  return (
    hasPrompt && readProperty(known, "prompt") === prompt && readProperty(known, "messages") === messages
  );
}
