/**
 * Finds out why there are no spans, or not the expected ones. `node --import ai-spans/doctor app.js` prints a report at
 * exit and on SIGUSR2. `examine` returns a report. See docs/guide/doctor.md.
 *
 * The process is observed from the import of this entry on. A report is printed only if the entry is loaded by an
 * option of Node.
 *
 * @module
 */
import { reportOn } from "./doctor/examination.ts";
import { currentObservation } from "./doctor/observation.ts";
import { startReports } from "./doctor/preload.ts";
import type { Report } from "./doctor/report.ts";
import { reportText } from "./doctor/text.ts";
import { contain } from "./foundation/containment.ts";

export type { CheckResult, Finding, FindingDetails, FindingId, Report, SpanCounts } from "./doctor/report.ts";

const observation = currentObservation();
contain("doctor: reports", () => startReports(observation));

/**
 * Examines the process and returns what it has found, for a health check or a test. It counts from the moment when this
 * entry is loaded, so load it before the program. A check that cannot decide answers `unknown`, with the reason.
 *
 * Never rejects, never ends a span, never flushes, and never returns content: no prompt, no answer, no value of an
 * attribute.
 *
 * @returns the findings, all checks, and counts of spans. A finding states what was examined, what was found and what
 *   to do.
 *
 * @example
 * ```ts
 * import { examine } from "ai-spans/doctor";
 *
 * export async function GET(): Promise<Response> {
 *   const { findings } = await examine();
 *   return Response.json({ findings }, { status: findings.length === 0 ? 200 : 500 });
 * }
 * ```
 */
export async function examine(): Promise<Report> {
  await observation.probeContext();
  return reportOn(observation.read("running"));
}

/**
 * Formats a report as plain text, in the form in which it is printed at exit.
 *
 * @example
 * ```ts
 * import { examine, formatReport } from "ai-spans/doctor";
 *
 * console.error(formatReport(await examine()));
 * ```
 */
export function formatReport(report: Report): string {
  return reportText(report);
}
