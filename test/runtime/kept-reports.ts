/** Keeps what is reported to `diag`. A program passes `diag` of its own copy of the API. */
import type { DiagAPI, DiagLogLevel } from "@opentelemetry/api";

/** Registers the logger, and returns the list of its warnings and errors. */
export function keepReports(diag: Pick<DiagAPI, "setLogger">, logLevel: DiagLogLevel): readonly string[] {
  const reports: string[] = [];
  const report = (message: string): void => void reports.push(message);
  const silent = (): void => {};
  const logger = { error: report, warn: report, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel });
  return reports;
}
