/**
 * Where the spans and metrics of ai-spans differ from the conventions on purpose: one entry for each finding that is
 * meant, with its reason. docs/conformance.md shows this table.
 */
import type { Finding, Rule } from "./finding.ts";

export interface Deviation {
  readonly rule: Rule;
  /** Operations of spans, or names of metrics. */
  readonly on: readonly string[];
  /** The findings' subjects that are meant, all of them. */
  readonly subjects: readonly string[];
  readonly reason: string;
}

export const DEVIATIONS: readonly Deviation[] = [];

export function deviationOf({ rule, on, subject }: Finding): Deviation | undefined {
  return DEVIATIONS.find(
    (deviation) => deviation.rule === rule && deviation.on.includes(on) && deviation.subjects.includes(subject),
  );
}
