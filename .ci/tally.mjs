// Sums vitest's JSON reports into the closing line `N passed, N failed`. Exits 1 when anything failed.
import { existsSync, readFileSync } from "node:fs";

const [failedSteps = "0", ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;

for (const path of reports) {
  // A run that wrote no report has failed as a whole; its step has been counted as failed too.
  if (!existsSync(path)) {
    console.log(`${path} is missing`);
    failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(path, "utf8"));
  // A file that could not even be loaded has no tests to count, only a failed status.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  console.log(
    `${path}: ${report.numPassedTests} passed, ${report.numFailedTests + brokenFiles} failed, ${report.numPendingTests} skipped`,
  );
  passed += report.numPassedTests;
  failed += report.numFailedTests + brokenFiles;
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (report.numTotalTests === 0) failed += 1;
}

if (skipped > 0) console.log(`skipped in all: ${skipped}`);
if (Number(failedSteps) > 0) console.log(`failed steps: ${failedSteps}`);
// A failed check or demo has no test in any report: it must still show in the closing line.
if (failed === 0) failed = Number(failedSteps);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
