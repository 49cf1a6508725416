/** What a check is, and what it may answer. */
import type { Facts } from "./facts.ts";
import type { FindingDetails, FindingId } from "./report.ts";

/** `undefined`: nothing was found. */
export type Answer =
  | { readonly found: string; readonly details?: FindingDetails }
  | { readonly unknown: string }
  | undefined;

export interface Check {
  readonly id: FindingId;
  /** What the check looks at. */
  readonly lookedAt: string;
  /** What a finding means for the spans. For the guide. */
  readonly means: string;
  /** What to do about a finding. */
  readonly toDo: string;
  examine(facts: Facts): Answer;
}

/** `1 span`, `2 spans`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
