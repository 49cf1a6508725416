/**
 * Removes tests of features that the tested release lacks, after vitest has collected a file. It does not skip them,
 * because CI counts a skipped test as a problem.
 */
import { TestRunner } from "vitest";

type Suite = Parameters<NonNullable<TestRunner["onBeforeRunSuite"]>>[0];
type File = Suite["file"];
type OnCollected = (files: File[]) => unknown;

export default class MinorsRunner extends TestRunner {
  #report: OnCollected | undefined;

  // vitest replaces `onCollected` of a runner by its report of the tests, which calls the runner's method afterwards.
  // This setter keeps the report, so that the removal comes first.
  set onCollected(report: OnCollected) {
    this.#report = report;
  }

  get onCollected(): OnCollected | undefined {
    const report = this.#report;
    return (
      report &&
      (async (files) => {
        for (const file of files) await applyDifferences(file);
        return report(files);
      })
    );
  }
}

/** Throws if a row matches no test, because then a name has changed. */
async function applyDifferences(file: File): Promise<void> {
  // A file that failed to load has no tests.
  if (file.result?.state === "fail") return;
  // Imported after the test file, for the same reason as in setup.ts.
  const { differencesIn, reaches } = await import("./tested-differences.ts");
  const rows = differencesIn(file.name);
  const used = new Set<object>();
  removeFrom(file, [], (name) => {
    const reaching = rows.filter((row) => reaches(row, name));
    for (const row of reaching) used.add(row);
    return reaching.some(({ tests }) => "isMissing" in tests);
  });
  const unused = rows.filter((row) => !used.has(row)).map(({ tests }) => String(tests.names));
  if (unused.length > 0)
    throw new Error(
      `test/minors/differences.ts: no test of ${file.name} has a name like ${unused.join(", ")}`,
    );
}

function removeFrom(suite: Suite, parents: readonly string[], isRemoved: (name: string) => boolean): void {
  suite.tasks = suite.tasks.filter((task) => {
    const path = [...parents, task.name];
    if (task.type === "test") return !isRemoved(path.join(" > "));
    removeFrom(task, path, isRemoved);
    return task.tasks.length > 0;
  });
}
