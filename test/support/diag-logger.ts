/**
 * Receives what is reported to `diag` as a warning or an error.
 */
import { diag, DiagLogLevel } from "@opentelemetry/api";

/** Registers the receiver in place of an earlier logger. */
export function receiveReports(report: (...words: readonly unknown[]) => void): void {
  const silent = (): void => {};
  const logger = { error: report, warn: report, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** One report as text. */
export function textOf(words: readonly unknown[]): string {
  return words.map(String).join(" ");
}
