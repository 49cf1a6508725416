/**
 * Work that waits for the first span, such as the set-up of an OpenTelemetry SDK by `ai-spans/register`. All copies of
 * ai-spans in the process share it.
 */
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";

const NAME = "set-up.v1";
const KEY = Symbol.for(`ai-spans.${NAME}`);

/** @param work runs once, before the first span that goes to the registered provider. So it can register one. */
export function beforeFirstSpan(work: () => void): void {
  sharedState(NAME, Set<() => void>).add(work);
}

/** Runs the work that waits. Called before a tracer of the registered provider is used for the first time. */
export function runWorkBeforeFirstSpan(): void {
  // Only `beforeFirstSpan` writes it.
  const waiting = (globalThis as { [KEY]?: Set<() => void> })[KEY];
  for (const work of waiting ?? []) {
    waiting?.delete(work);
    contain("set-up", work);
  }
}
