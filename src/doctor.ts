/**
 * Says why there are no spans, or not the expected ones. `node --import ai-spans/doctor app.js` prints a report at exit
 * and on SIGUSR2; `examine` returns one. See docs/guide/doctor.md.
 *
 * The import of this entry observes the process from then on. It prints only as an option of Node.
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
 * Examines the process and returns what it has found, for a health check or a test. Counts begin when this entry is
 * loaded, so load it before the program. Checks that need more answer `unknown`, with the reason.
 *
 * Never rejects, never ends a span, never flushes, and never returns content: no prompt, no answer, no value of an
 * attribute.
 *
 * @returns findings, each with what was looked at, what was found and what to do; all checks; and counts of spans
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
 * Writes a report as plain text, as it is printed at exit.
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
