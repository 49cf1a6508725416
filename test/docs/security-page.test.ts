/**
 * Each promise of SECURITY.md links to test files that exist and have tests.
 *
 * Holds: promises-have-tests.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
/** Tests are not in the package, so the page links to them there. */
const ON_FORGE = "https://github.com/ai-spans/ai-spans/blob/main/";
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

interface Promised {
  readonly promise: string;
  readonly tests: readonly string[];
}

/** The rows of each table that has the columns `promise` and `held by`. */
function promisesIn(page: string): Promised[] {
  const tables = page.matchAll(/^\| promise \| held by \|\n\|[ -|]+\|\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, rows = ""]) =>
    rows
      .trim()
      .split("\n")
      .map((row) => {
        const [, promise = "", heldBy = ""] = row.split(/ ?\| ?/);
        return {
          promise,
          tests: [...heldBy.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link.replace(ON_FORGE, "")),
        };
      }),
  );
}

/** Why a file holds no promise; `undefined` if it does. */
function fault(path: string): string | undefined {
  if (!/^test\/.+\.test\.ts$/.test(path)) return `${path} is no test`;
  if (!existsSync(new URL(path, root))) return `${path} does not exist`;
  const code = read(path);
  if (!/\b(test|it|describeCanary)(\.each)?[<(]/.test(code)) return `${path} has no tests`;
  return /\b(test|it|describe)\.(skip|todo)\(/.test(code) ? `${path} skips tests` : undefined;
}

const faultsOf = ({ promise, tests }: Promised): string[] =>
  tests.length === 0 ? [`no test: ${promise}`] : tests.flatMap((path) => fault(path) ?? []);

const promises = promisesIn(read("SECURITY.md"));

test.each(promises)("a test holds: $promise", (promised) => {
  expect(faultsOf(promised)).toEqual([]);
});

test("every table of promises is read", () => {
  const sections = read("SECURITY.md").match(/^\| promise \|/gm) ?? [];
  expect(sections).toHaveLength(7);
  expect(promises.length).toBeGreaterThan(2 * sections.length);
});

test("finds a promise without a test, and links that hold nothing", () => {
  const page = [
    "| promise | held by |",
    "| --- | --- |",
    "| First. | |",
    `| Second. | [none](${ON_FORGE}test/none.test.ts), [no test](${ON_FORGE}src/index.ts), [support](${ON_FORGE}test/support/ways.ts) |`,
    `| Third. | [page](${ON_FORGE}test/docs/security-page.test.ts) |`,
    "",
  ].join("\n");
  expect(promisesIn(page).map(faultsOf)).toEqual([
    ["no test: First."],
    ["test/none.test.ts does not exist", "src/index.ts is no test", "test/support/ways.ts is no test"],
    [],
  ]);
});
