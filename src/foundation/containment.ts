/**
 * The boundary between our code and all other code. The program, the SDK and the platform call our code only through
 * the functions of this file. So a failure of our code, or of the tracer behind the API, never reaches the caller.
 *
 * Each failure is reported once per site. A site is a short fixed name of a place in our code. An error's message is
 * never reported, because it may hold content. `test/package/boundary.test.ts` finds the callbacks in the sources and
 * checks that each of them is contained.
 */
import { diag } from "@opentelemetry/api";

const reported = new Set<string>();

/** Runs our code now. If it throws, reports the error and returns `undefined`. */
export function contain<T>(site: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    report(site, error);
    return undefined;
  }
}

/** Wraps a callback of ours that other code calls: a timer, a listener, a finalizer, a promise reaction. */
export function contained<Args extends unknown[], T>(
  site: string,
  callback: (...args: Args) => T,
): (...args: Args) => T | undefined {
  return (...args) => {
    try {
      return callback(...args);
    } catch (error) {
      report(site, error);
      return undefined;
    }
  };
}

/** A reaction to a fulfilled promise: notifies the observer of the value and returns it. */
export function passValue<T>(
  site: string,
  observer: { readonly onValue: (value: T) => void },
): (value: T) => T {
  return (value) => {
    try {
      observer.onValue(value);
    } catch (error) {
      report(site, error);
    }
    return value;
  };
}

/** A reaction to a rejected promise: notifies the observer of the error and throws the same error again. */
export function passError(
  site: string,
  observer: { readonly onError: (error: unknown) => void },
): (error: unknown) => never {
  return (error) => {
    try {
      observer.onError(error);
    } catch (failure) {
      report(site, failure);
    }
    throw error;
  };
}

/**
 * Runs the application's work exactly once inside code that is not ours, such as a context manager. That code may fail
 * before or after the work.
 *
 * @param enter calls its argument, which runs the work
 * @returns what the work returned
 * @throws what the work threw, and nothing else
 */
export function runOnce<T>(site: string, work: () => T, enter: (work: () => void) => void): T {
  let outcome: { readonly returned: T } | { readonly threw: unknown } | undefined;
  let isEntered = false;
  const run = (): void => {
    if (isEntered) return;
    isEntered = true;
    try {
      outcome = { returned: work() };
    } catch (error) {
      outcome = { threw: error };
      throw error;
    }
  };
  try {
    enter(run);
  } catch (error) {
    if (!outcome || !("threw" in outcome) || outcome.threw !== error) report(site, error);
  }
  // `enter` failed before the work, or did not call its argument. So the work runs here. A later call of the argument
  // does nothing.
  if (!isEntered) {
    isEntered = true;
    return work();
  }
  // The work has ended here. Its error or its result is the caller's.
  if (outcome && "threw" in outcome) throw outcome.threw;
  return (outcome as { readonly returned: T }).returned;
}

/** Writes a `diag` warning, unless this copy of ai-spans has written the same message before. */
export function warnOnce(message: string): void {
  if (reported.has(message)) return;
  reported.add(message);
  warn(message);
}

/**
 * Writes a `diag` warning with the class of the error, or the type of a value that is no error. Writes one per site.
 */
export function report(site: string, problem: unknown): void {
  if (reported.has(site)) return;
  reported.add(site);
  let className = "_OTHER";
  try {
    // A program can write any text to `name`. Only a text with the shape of a class name is reported, as in
    // `error.type`.
    const rawName: unknown = problem instanceof Error ? problem.name : typeof problem;
    const name = String(rawName);
    if (/^[\w.:-]{1,64}$/.test(name)) className = name;
  } catch {
    // A getter or a Proxy of the thrown value has thrown.
  }
  warn(`${site}: ${className}`);
}

/** Writes a `diag` warning at every call. */
export function warn(message: string): void {
  try {
    diag.warn(`ai-spans: ${message}`);
  } catch {
    // The failure of the logger itself cannot be reported anywhere.
  }
}
