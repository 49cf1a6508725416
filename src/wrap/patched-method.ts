/**
 * Recognizes a call from a patch of a traced method. The patch was installed after the method was traced, and it calls the
 * traced method. That call must open no second run, or the two would call each other without end.
 */
import type { UnknownFunction } from "../foundation/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** One call of a patch. */
export class PatchCall {
  readonly self: unknown;
  readonly original: UnknownFunction;
  /** The run that the call has opened; `undefined` where the call is not traced. */
  readonly run: WrappedRun | undefined;

  constructor(self: unknown, original: UnknownFunction, run: WrappedRun | undefined) {
    this.self = self;
    this.original = original;
    this.run = run;
  }
}

/** The call whose synchronous part runs. It is found there without a context manager. */
let entered: PatchCall | undefined;

/**
 * The call of a patch that the caller runs inside.
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

/** Runs the method that the patch calls. Calls inside it are new calls. */
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
