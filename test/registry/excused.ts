/**
 * Findings that a test brings about by breaking what is checked: telemetry that throws, events that no SDK sends.
 */
import type { Finding } from "./finding.ts";

export type Excuse = Pick<Finding, "rule"> & Partial<Pick<Finding, "on" | "subject">>;

let inForce: readonly Excuse[] = [];

/** Of spans that start from now on, in the place of what was excused before. */
export function excuseFindings(excuses: readonly Excuse[]): void {
  inForce = excuses;
}

export function excusesInForce(): readonly Excuse[] {
  return inForce;
}

export function isExcused(finding: Finding, excuses: readonly Excuse[]): boolean {
  return excuses.some(
    ({ rule, on = finding.on, subject = finding.subject }) =>
      rule === finding.rule && on === finding.on && subject === finding.subject,
  );
}
