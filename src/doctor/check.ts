/** The type of a check and of its outcome. */
import type { ProcessFacts } from "./facts.ts";
import type { FindingDetails, FindingId } from "./report.ts";

/** `found`: a finding. `unknown`: why the check could not look. `undefined`: nothing was found. */
export type CheckOutcome =
  | { readonly found: string; readonly details?: FindingDetails }
  | { readonly unknown: string }
  | undefined;

export interface Check {
  readonly id: FindingId;
  /** What the check looks at. */
  readonly lookedAt: string;
  /** What a finding means for the spans. Only docs/guide/doctor.md prints it. */
  readonly means: string;
  /** What to do about a finding. */
  readonly toDo: string;
  examine(facts: ProcessFacts): CheckOutcome;
}

/** Counts a noun: `1 span`, `2 spans`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
