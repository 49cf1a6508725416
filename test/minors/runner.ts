/**
 * Removes the tests of a file that are about what the tested release lacks, after vitest has collected them. They are not
 * reported at all, because CI counts a skipped test as a problem.
 */
import { TestRunner } from "vitest";

type Suite = Parameters<NonNullable<TestRunner["onBeforeRunSuite"]>>[0];
type File = Suite["file"];
type OnCollected = (files: File[]) => unknown;

export default class MinorsRunner extends TestRunner {
  #report: OnCollected | undefined;

  // vitest puts its report of the collected tests in the place of a runner's `onCollected`, and calls the runner's own
  // after that. With this setter the removal comes first.
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

/** A row that reaches no test throws: a name has changed. */
async function applyDifferences(file: File): Promise<void> {
  // A file that could not be loaded has no tests.
  if (file.result?.state === "fail") return;
  // Loaded after the test file, as in setup.ts.
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
