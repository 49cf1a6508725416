/**
 * Recognizes a model call that begins inside the same model call, or a tool's execution inside the same execution. Both
 * get one span. It happens if the program patches a method of a view, such as `doGenerate`. The patch calls the method
 * that it replaced, perhaps later or with other options.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { enter, type WorkObserver } from "../spans/traced-work.ts";
import { withNestedWork, nestedWork } from "../spans/context.ts";
import { leaveCall } from "./replaced-property.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** Work whose span has started, and the observer of its outcome. */
export interface StartedWork extends WorkObserver {
  readonly call: { readonly context: Context };
}

/**
 * A model call or a tool's execution of one run. When it has settled, it no longer holds the run. A timer that the work
 * has started still holds the context, and the context holds this object.
 */
class NestedWork implements WorkObserver {
  /** `undefined` once the work has settled. */
  run: WrappedRun | undefined;
  readonly key: string;
  #started: StartedWork | undefined;

  constructor(run: WrappedRun, key: string, started: StartedWork) {
    this.run = run;
    this.key = key;
    this.#started = started;
  }

  onValue(value: unknown): void {
    this.#settle()?.onValue(value);
  }

  onError(error: unknown): void {
    this.#settle()?.onError(error);
  }

  #settle(): StartedWork | undefined {
    const started = this.#started;
    this.run = undefined;
    this.#started = undefined;
    return started;
  }
}

/** The work that is running synchronously. Without a context manager it is found only here. */
let entered: NestedWork | undefined;

/** Whether the current code runs inside unfinished work of the run that has the same key. */
export function isUnderWay(run: WrappedRun, key: string): boolean {
  return isWorkOf(entered, run, key) || isWorkOf(contain("context", nestedWork), run, key);
}

function isWorkOf(work: unknown, run: WrappedRun, key: string): boolean {
  return work instanceof NestedWork && work.run === run && work.key === key;
}

/**
 * Runs work in its span's context.
 *
 * @param key identifies the work. Work with another key may run inside and gets a separate span.
 * @returns the result of the work, and the observer that must be notified of its outcome
 */
export function enterWork(
  run: WrappedRun,
  key: string,
  started: StartedWork,
  work: () => unknown,
): { readonly returned: unknown; readonly observer: WorkObserver } {
  const observer = new NestedWork(run, key, started);
  const { context } = started.call;
  const before = entered;
  entered = observer;
  try {
    const marked = contain("context", () => withNestedWork(context, observer)) ?? context;
    const outside = run.restoreAgent ? () => leaveCall(work) : work;
    return { returned: enter(marked, outside, observer), observer };
  } finally {
    entered = before;
  }
}
