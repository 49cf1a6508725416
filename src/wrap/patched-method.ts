/**
 * Recognizes a call that a patch of a traced method makes. The program has installed the patch after the method was
 * traced, and the patch calls the traced method. That call must open no second run. Without this check, the traced
 * method and the patch would call each other without end.
 */
import type { UnknownFunction } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** One call of a patch. */
export class PatchCall {
  readonly self: unknown;
  readonly original: UnknownFunction;
  /** The run of the call; `undefined` if the call is not traced. */
  readonly run: WrappedRun | undefined;

  constructor(self: unknown, original: UnknownFunction, run: WrappedRun | undefined) {
    this.self = self;
    this.original = original;
    this.run = run;
  }
}

/** The call that is running synchronously. Without a context manager it is found only here. */
let entered: PatchCall | undefined;

/**
 * The call of a patch of this method, if the current code runs inside one.
 *
 * @param original the method that was traced
 */
export function patchOf(self: unknown, original: UnknownFunction): PatchCall | undefined {
  for (const call of [entered, workOf("patch")]) {
    if (call instanceof PatchCall && call.self === self && call.original === original) return call;
  }
  return undefined;
}

/** Runs a patch of a method. Inside it, `patchOf` finds the call. */
export function enterPatch<T>(
  self: unknown,
  original: UnknownFunction,
  run: WrappedRun | undefined,
  work: () => T,
): T {
  return runAs(new PatchCall(self, original, run), work);
}

/** Runs the original method that a patch calls. Calls inside it are new calls, so `patchOf` finds nothing. */
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
