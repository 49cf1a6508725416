/**
 * The open runs, and the open executions of tools that the program calls itself. They are kept only in a process that
 * can end them: `ai-spans/register` has set its SDK up, or `ai-spans/serverless` is loaded. All copies of ai-spans share the
 * set.
 */
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { SHUTDOWN } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";

/** A span without a span of ours above it in the same run. */
export interface Work {
  close(outcome: Outcome, ofRun: Outcome): void;
}

const NAME = "open-work.v1";
const KEY = Symbol.for(`ai-spans.${NAME}`);

/** @returns `undefined` where nobody keeps open work */
export function openWork(): Set<Work> | undefined {
  // Only `keepOpenWork` writes it.
  return (globalThis as { [KEY]?: Set<Work> })[KEY];
}

/** Keeps the work that starts from now on, as long as it is open. */
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
    contain("end of a run", () => work.close(SHUTDOWN, SHUTDOWN));
    // Work whose end has failed is not tried again.
    open?.delete(work);
  }
}

export function hasOpenWork(): boolean {
  return (openWork()?.size ?? 0) > 0;
}
