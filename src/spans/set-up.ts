/**
 * Work that waits for the first span. For example, `ai-spans/register` sets up an OpenTelemetry SDK then. All copies of
 * ai-spans in the process share the work.
 */
import { contain } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";

const NAME = "set-up.v1";
const KEY = Symbol.for(`ai-spans.${NAME}`);

/** @param work runs once, before the first span. It may register the tracer provider for that span. */
export function beforeFirstSpan(work: () => void): void {
  sharedState(NAME, Set<() => void>).add(work);
}

/** Whether work waits. */
export function hasWorkBeforeFirstSpan(): boolean {
  return (waitingWork()?.size ?? 0) > 0;
}

function waitingWork(): Set<() => void> | undefined {
  // Only `beforeFirstSpan` writes this value, so the cast is right.
  return (globalThis as { [KEY]?: Set<() => void> })[KEY];
}

/** Runs the waiting work. Called before the registered provider is asked for a tracer. */
export function runWorkBeforeFirstSpan(): void {
  const waiting = waitingWork();
  for (const work of waiting ?? []) {
    waiting?.delete(work);
    contain("set-up", work);
  }
}
