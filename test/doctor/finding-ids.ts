/** Short views of reports, for comparisons. */
import type { CheckResult, FindingId, Report } from "ai-spans/doctor";

export function findingIds({ findings }: Report): FindingId[] {
  return findings.map(({ id }) => id);
}

/** The checks that could not look, with their reasons. */
export function unknowns({ checks }: Report): Record<string, string | undefined> {
  const unknown = checks.filter(({ state }: CheckResult) => state === "unknown");
  return Object.fromEntries(unknown.map(({ id, reason }) => [id, reason]));
}

/** The only report of a run. */
export function onlyReport(reports: readonly Report[]): Report {
  const [report, ...more] = reports;
  if (!report || more.length > 0) throw new Error(`${reports.length} reports were printed`);
  return report;
}
