/**
 * The open spans that are ended when the process stops: runs, and executions of tools that the program calls itself.
 * Only a process that can end them keeps the set: `ai-spans/register` has set its SDK up, or `ai-spans/serverless` is
 * loaded. All copies of ai-spans share the set.
 */
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { SHUTDOWN } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";

/** A span that no other span of ours ends: a run, or an execution of a tool that the program calls itself. */
export interface Work {
  cutOff(outcome: Outcome, ofRun: Outcome): void;
}

const NAME = "open-work.v1";
const KEY = Symbol.for(`ai-spans.${NAME}`);

/** @returns `undefined` if `keepOpenWork` was not called */
export function openWork(): Set<Work> | undefined {
  // Only `keepOpenWork` writes this value, so the cast is right.
  return (globalThis as { [KEY]?: Set<Work> })[KEY];
}

/** Creates the set. Work that starts from now on is in it while it is open. */
export function keepOpenWork(): void {
  sharedState(NAME, Set<Work>);
}

/**
 * Ends open work as canceled, cause `shutdown`. Work that started last ends first, so inner runs end before outer ones.
 *
 * @param most how many runs to end at most; default: all
 */
export function endOpenWork(most = Infinity): void {
  const open = openWork();
  for (const work of [...(open ?? [])].toReversed().slice(0, most)) {
    contain("end of a run", () => work.cutOff(SHUTDOWN, SHUTDOWN));
    // Work whose end has failed is not tried again.
    open?.delete(work);
  }
}

export function hasOpenWork(): boolean {
  return (openWork()?.size ?? 0) > 0;
}
