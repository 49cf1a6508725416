/**
 * Excuses findings that a test causes because it breaks the telemetry or sends events that no SDK sends.
 */
import type { Finding } from "./finding.ts";

export type Excuse = Pick<Finding, "rule"> & Partial<Pick<Finding, "on" | "subject">>;

let inForce: readonly Excuse[] = [];

/** Sets the excuses for spans that start from now on. It replaces the earlier excuses. */
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
