/**
 * The open spans that `ai-spans/register` ends when the process stops: runs, and executions of tools that the program
 * calls itself. Other processes keep no such set. All copies of ai-spans share the set.
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
 * Ends all open work as canceled, with the cause `shutdown`. Work that started last ends first, so that inner runs end
 * before outer ones.
 */
export function endOpenWork(): void {
  for (const work of [...(openWork() ?? [])].toReversed()) {
    contain("end of a run", () => work.cutOff(SHUTDOWN, SHUTDOWN));
  }
}
