/**
 * What the running calls of an agent were asked. A method that puts its calls into a queue, such as a limiter or a batch,
 * runs one call in the context of another: what both were asked says which one it is.
 */
import { readProperty } from "../foundation/structure.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** By the agent. A run is removed when its method has settled, so that no prompt is kept. */
const asked = new WeakMap<object, Map<WrappedRun, unknown>>();

/** @returns what removes the run */
export function rememberAsked(agent: object, run: WrappedRun, parameters: unknown): () => void {
  const runs = asked.get(agent) ?? new Map<WrappedRun, unknown>();
  asked.set(agent, runs.set(run, parameters));
  return () => runs.delete(run);
}

/** The run of the agent that was asked the same: `current`, if nothing says otherwise. */
export function runAsked(agent: object, parameters: unknown, current: WrappedRun): WrappedRun {
  const runs = asked.get(agent);
  if (!runs || isSame(runs.get(current), parameters)) return current;
  for (const [run, known] of runs) if (isSame(known, parameters)) return run;
  return current;
}

/** By identity: nothing is read of what they hold. */
function isSame(known: unknown, parameters: unknown): boolean {
  const prompt = readProperty(parameters, "prompt");
  const messages = readProperty(parameters, "messages");
  const isAsked = prompt !== undefined || messages !== undefined;
  return isAsked && readProperty(known, "prompt") === prompt && readProperty(known, "messages") === messages;
}
