/**
 * Knows a method that somebody has patched since it was traced. The patch calls the traced method, which is what it found:
 * that call opens no run of its own, or it would never end.
 */
import type { UnknownFunction } from "../readers/structure.ts";
import { runAsWorkOf, workOf } from "../spans/context.ts";

/** One call of a patch. */
class PatchCall {
  readonly self: unknown;
  readonly original: UnknownFunction;

  constructor(self: unknown, original: UnknownFunction) {
    this.self = self;
    this.original = original;
  }
}

/** The one whose synchronous part runs: there it is known without a context manager. */
let entered: PatchCall | undefined;

/** @param original the method that was traced */
export function isPatched(self: unknown, original: UnknownFunction): boolean {
  return [entered, workOf("patch")].some(
    (call) => call instanceof PatchCall && call.self === self && call.original === original,
  );
}

/** Runs a patch of a method. */
export function enterPatch<T>(self: unknown, original: UnknownFunction, work: () => T): T {
  return runAs(new PatchCall(self, original), work);
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
