/**
 * The last lines that a CI run prints, which it builds from reports of vitest.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const vitest = join(repository, "node_modules/vitest/vitest.mjs");
const tally = join(repository, ".ci/tally.mjs");

const SOUND = `test("adds", () => expect(1 + 1).toBe(2));`;
const BROKEN = `import "./not-there";`;
const FAILING = `describe("sums", () => test("adds", () => expect(1 + 1, "the sum").toBe(3)));
test("throws", () => { throw new RangeError("too far\\nby a mile"); });`;
const MANY = `test.each(Array.from({ length: 50 }, (_, index) => index))("fails %s", (index) => {
  throw new Error("x".repeat(1_000) + index);
});`;

// The folder is in the repository, so that its test files find vitest.
const cache = join(repository, "node_modules/.cache");
let folder: string;

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "ai-spans-tally-"));
  for (const [name, tests] of Object.entries({
    sound: { sound: SOUND },
    failing: { broken: BROKEN, failing: FAILING, sound: SOUND },
    many: { many: MANY },
  }))
    writeReport(name, tests);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeReport(name: string, tests: Readonly<Record<string, string>>): void {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [file, text] of Object.entries(tests)) writeFileSync(join(root, `${file}.test.mjs`), text);
  writeFileSync(join(root, "vitest.config.mjs"), `export default { test: { globals: true } };`);
  const report = ["--reporter=json", `--outputFile.json=${join(folder, `${name}.json`)}`];
  spawnSync(process.execPath, [vitest, "run", ...report], { cwd: root });
}

function lines(failedSteps: number, ...names: string[]): [lines: string[], status: number | null] {
  const reports = names.map((name) => `${name}.json`);
  const { stdout, status } = spawnSync(process.execPath, [tally, String(failedSteps), ...reports], {
    cwd: folder,
    encoding: "utf8",
  });
  return [stdout.trimEnd().split("\n"), status];
}

test("adds up what passed", () => {
  expect(lines(0, "sound", "sound")).toEqual([
    [
      "sound.json: 1 passed, 0 failed, 0 skipped",
      "sound.json: 1 passed, 0 failed, 0 skipped",
      "2 passed, 0 failed",
    ],
    0,
  ]);
});

test("names what failed, above the closing line", () => {
  const [[first, ...rest], status] = lines(1, "failing");
  expect(first).toBe("failing.json: 1 passed, 3 failed, 0 skipped");
  expect(rest.slice(0, 3).toSorted()).toEqual([
    expect.stringMatching(/^failing\.json: failing\/broken\.test\.mjs: .*not-there/),
    "failing.json: failing/failing.test.mjs > sums > adds: AssertionError: the sum: expected 2 to be 3 // Object.is equality",
    "failing.json: failing/failing.test.mjs > throws: RangeError: too far",
  ]);
  expect(rest.slice(3)).toEqual(["failed steps: 1", "1 passed, 3 failed"]);
  expect(status).toBe(1);
});

test("prints at most forty lines of failures, of at most 400 characters", () => {
  const [[, ...rest]] = lines(0, "many");
  expect(rest).toHaveLength(41);
  expect(rest.slice(-2)).toEqual(["... and 11 more", "0 passed, 50 failed"]);
  expect(Math.max(...rest.map(({ length }) => length))).toBe(400);
});

test("fails if only a step failed, or if a report is missing", () => {
  expect(lines(2, "sound")).toEqual([
    ["sound.json: 1 passed, 0 failed, 0 skipped", "failed steps: 2", "1 passed, 2 failed"],
    1,
  ]);
  expect(lines(0, "none", "sound")).toEqual([
    ["none.json is missing", "sound.json: 1 passed, 0 failed, 0 skipped", "1 passed, 1 failed"],
    1,
  ]);
});
