/**
 * The one boundary between our code and everybody else's. Whatever the program, the SDK or the platform calls back goes
 * through a function of this file, so our failures, and those of the tracer behind the API, never reach them. A failure
 * is reported once per site, never with an error's message, for that may be content. `test/package/boundary.test.ts`
 * finds the callbacks in the sources and holds them to this.
 */
import { diag } from "@opentelemetry/api";

const reported = new Set<string>();

/** Runs our own code now. `undefined` when it failed. */
export function contain<T>(site: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    report(site, error);
    return undefined;
  }
}

/** Our own code, to be called back by somebody else: a timer, a listener, a finalizer, a promise. */
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

/** A reaction to a promise that observes its value and hands it on. */
export function passValue<T>(site: string, observe: (value: T) => void): (value: T) => T {
  return (value) => {
    try {
      observe(value);
    } catch (error) {
      report(site, error);
    }
    return value;
  };
}

/** A reaction to a promise that observes its error and throws it on. */
export function passError(site: string, observe: (error: unknown) => void): (error: unknown) => never {
  return (error) => {
    try {
      observe(error);
    } catch (failure) {
      report(site, failure);
    }
    throw error;
  };
}

/**
 * Runs the application's work exactly once inside code that is not the application's and may fail before or after it, such
 * as a context manager.
 *
 * @param enter calls its argument, which is the work
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
  // Whoever did not call the work in time has nothing of it any more.
  if (!isEntered) {
    isEntered = true;
    return work();
  }
  // Work that enters itself a second time has no outcome yet.
  if (outcome && "threw" in outcome) throw outcome.threw;
  return (outcome as { readonly returned: T }).returned;
}

/** One `diag` warning per process. */
export function warnOnce(message: string): void {
  if (reported.has(message)) return;
  reported.add(message);
  warn(message);
}

/** One `diag` warning per site and process, with the class or type of what was thrown or passed there. */
export function report(site: string, problem: unknown): void {
  if (reported.has(site)) return;
  reported.add(site);
  let className = "_OTHER";
  try {
    // A name is whatever its maker wrote there: only what looks like a class, as in `error.type`, is no content.
    const written: unknown = problem instanceof Error ? problem.name : typeof problem;
    const name = String(written);
    if (/^[\w.:-]{1,64}$/.test(name)) className = name;
  } catch {
    // A getter or a Proxy in what was thrown.
  }
  warn(`${site}: ${className}`);
}

export function warn(message: string): void {
  try {
    diag.warn(`ai-spans: ${message}`);
  } catch {
    // A logger that throws has nowhere to be reported to.
  }
}
