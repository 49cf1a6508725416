/**
 * Keeps our own failures, and those of the tracer behind the API, away from the application: contained and
 * reported once per site. Never reports what an error says, for that may be content.
 */
import { diag } from "@opentelemetry/api";

const reported = new Set<string>();

/** Runs our own code; `undefined` when it failed. */
export function contain<T>(site: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    report(site, error);
    return undefined;
  }
}

/** One `diag` warning per site and process, with the class or type of what was thrown or given there. */
export function report(site: string, problem: unknown): void {
  if (reported.has(site)) return;
  reported.add(site);
  let className = "_OTHER";
  try {
    // A name is whatever its maker wrote there: only what looks like a class, as in `error.type`, is no content.
    const given: unknown = problem instanceof Error ? problem.name : typeof problem;
    const name = String(given);
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
