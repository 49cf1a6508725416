/**
 * Knows a method that somebody has patched since it was traced. The patch calls the traced method, which is what it found:
 * that call opens no run of its own, or it would never end.
 */
import type { UnknownFunction } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** One call of a patch. */
export class PatchCall {
  readonly self: unknown;
  readonly original: UnknownFunction;
  /** The run that the call has opened, where it is traced. */
  readonly run: WrappedRun | undefined;

  constructor(self: unknown, original: UnknownFunction, run: WrappedRun | undefined) {
    this.self = self;
    this.original = original;
    this.run = run;
  }
}

/** The one whose synchronous part runs: there it is known without a context manager. */
let entered: PatchCall | undefined;

/**
 * The call of a patch that goes on.
 *
 * @param original the method that was traced
 */
export function patchOf(self: unknown, original: UnknownFunction): PatchCall | undefined {
  for (const call of [entered, workOf("patch")]) {
    if (call instanceof PatchCall && call.self === self && call.original === original) return call;
  }
  return undefined;
}

/** Runs a patch of a method. */
export function enterPatch<T>(
  self: unknown,
  original: UnknownFunction,
  run: WrappedRun | undefined,
  work: () => T,
): T {
  return runAs(new PatchCall(self, original, run), work);
}

/** Runs what the patch found: what goes on inside is another call. */
export function leavePatch<T>(work: () => T): T {
  return runAs(undefined, work);
}

function runAs<T>(call: PatchCall | undefined, work: () => T): T {
  const before = entered;
  entered = call;
  try {
    return runAsWorkOf("patch", call, work);
  } finally {
    entered = before;
  }
}
