/**
 * Knows a model call, or an execution of a tool, that begins inside itself. Whoever patches a view calls what was there
 * before, later or with other options: it is one call in all.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { enter, type WorkObserver } from "../runs/traced-work.ts";
import { asPendingWork, pendingWork } from "../spans/context.ts";
import { leaveCall } from "./lens.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** Work that has its span, and who observes how it comes out. */
export interface StartedWork extends WorkObserver {
  readonly call: { readonly context: Context };
}

/** Work of one run until it settles. */
class PendingWork implements WorkObserver {
  readonly run: WrappedRun;
  readonly what: string;
  isPending = true;
  readonly #started: StartedWork;

  constructor(run: WrappedRun, what: string, started: StartedWork) {
    this.run = run;
    this.what = what;
    this.#started = started;
  }

  onValue(value: unknown): void {
    this.isPending = false;
    this.#started.onValue(value);
  }

  onError(error: unknown): void {
    this.isPending = false;
    this.#started.onError(error);
  }
}

/** The work whose synchronous part runs: there it is known without a context manager. */
let entered: PendingWork | undefined;

/** Whether such work of the run is under way where this is asked. */
export function isUnderWay(run: WrappedRun, what: string): boolean {
  const inContext = contain("context", pendingWork);
  return [entered, inContext].some(
    (work) => work instanceof PendingWork && work.isPending && work.run === run && work.what === what,
  );
}

/**
 * Runs work in its span's context.
 *
 * @param what the same for the same work, and for no other that may run inside it
 * @returns what the work gave, and who observes how it comes out
 */
export function enterWork(
  run: WrappedRun,
  what: string,
  started: StartedWork,
  work: () => unknown,
): { readonly returned: unknown; readonly observer: WorkObserver } {
  const observer = new PendingWork(run, what, started);
  const { context } = started.call;
  const before = entered;
  entered = observer;
  try {
    const marked = contain("context", () => asPendingWork(context, observer)) ?? context;
    const own = run.restoreAgent ? () => leaveCall(work) : work;
    return { returned: enter(marked, own, observer), observer };
  } finally {
    entered = before;
  }
}
