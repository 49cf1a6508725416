// Sums vitest's JSON reports into the closing line `N passed, N failed`. Exits 1 when anything failed.
// The failures are named just above that line, because only the end of a CI's output is kept.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const MOST_LINES = 40;
const LONGEST_LINE = 400;

const [failedSteps = "0", ...reports] = process.argv.slice(2);
const failures = [];
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
  const failedHere = report.testResults.flatMap(failuresOf);
  console.log(
    `${path}: ${report.numPassedTests} passed, ${failedHere.length} failed, ${report.numPendingTests} skipped`,
  );
  passed += report.numPassedTests;
  failed += failedHere.length;
  failures.push(...failedHere.map((failure) => `${path}: ${failure}`));
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (report.numTotalTests === 0) failed += 1;
}

if (skipped > 0) console.log(`skipped in all: ${skipped}`);
printFailures();
if (Number(failedSteps) > 0) console.log(`failed steps: ${failedSteps}`);
// A failed check or demo has no test in any report: it must still show in the closing line.
if (failed === 0) failed = Number(failedSteps);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** One line for each failed test of a file. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failedTests = assertionResults.filter((test) => test.status === "failed");
  // A file that could not even be loaded has no tests to count, only a failed status.
  if (status === "failed" && failedTests.length === 0) return [`${file}: ${firstLine(message)}`];
  return failedTests.map(({ ancestorTitles, title, failureMessages }) => {
    const fullName = [file, ...ancestorTitles, title].join(" > ");
    return `${fullName}: ${firstLine(failureMessages[0])}`;
  });
}

function firstLine(message) {
  const [line = ""] = stripVTControlCharacters(message ?? "")
    .trimStart()
    .split("\n");
  return line;
}

function printFailures() {
  if (failures.length === 0) return;
  const hidden = failures.length <= MOST_LINES ? 0 : failures.length - MOST_LINES + 1;
  for (const failure of failures.slice(0, failures.length - hidden))
    console.log(failure.replaceAll("\n", " ").slice(0, LONGEST_LINE));
  if (hidden > 0) console.log(`... and ${hidden} more`);
}
