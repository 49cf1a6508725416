/**
 * Findings that a test brings about by breaking what is checked: telemetry that throws, events that no SDK sends.
 */
import type { Finding } from "./finding.ts";

export type Excuse = Pick<Finding, "rule"> & Partial<Pick<Finding, "on" | "subject">>;

let excuses: readonly Excuse[] = [];

/** From now on, in the place of what was excused before. */
export function excuseFindings(given: readonly Excuse[]): void {
  excuses = given;
}

export function isExcused(finding: Finding): boolean {
  return excuses.some(
    ({ rule, on = finding.on, subject = finding.subject }) =>
      rule === finding.rule && on === finding.on && subject === finding.subject,
  );
}
