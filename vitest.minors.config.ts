// Runs the tables of tests on old releases of the AI SDK, which are installed apart: `npm ci --prefix test/minors
// --ignore-scripts`. AI_MINORS names the row of releases in test/minors/releases.ts, for example `AI_MINORS=first`.
// Without it, the number of commits chooses the row, so that each commit runs another one. `npm run test:minors:all` runs
// all of them.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import {
  isRowName,
  releaseRows,
  rowNames,
  TESTED_ROW,
  type Release,
  type RowName,
} from "./test/minors/releases.ts";
import suite from "./vitest.config.ts";

const packages = new URL("test/minors/node_modules/", import.meta.url);

function rowOfCommit(): RowName {
  try {
    const count = Number(execFileSync("git", ["rev-list", "--count", "HEAD"], { encoding: "utf8" }));
    return rowNames[count % rowNames.length]!;
  } catch {
    console.warn("git does not give the number of commits: the tests run on the row of releases `first`");
    return "first";
  }
}

function chosenRow(): RowName {
  const name = process.env["AI_MINORS"] || rowOfCommit();
  if (!isRowName(name)) throw new Error(`AI_MINORS is ${name}, but must be one of: ${rowNames.join(", ")}`);
  return name;
}

const rowName = chosenRow();
const row = releaseRows[rowName];
console.log(`AI SDK ${Object.values(row).join(", ")} (AI_MINORS=${rowName})`);

/** `ai/test` of these imports `msw`, which npm does not install with them. Their tests use the root's mocks. */
const withoutMocks: ReadonlySet<Release> = new Set(["5.0.208", "5.0.241"]);

/** The files that a release's `.` and `./test` stand for. */
function aliases(name: string, release: Release) {
  const entries = withoutMocks.has(release) ? (["."] as const) : ([".", "./test"] as const);
  return entries.map((entry) => ({
    find: new RegExp(`^${name}${entry.slice(1)}$`),
    replacement: entryFile(release, entry),
  }));
}

function entryFile(release: Release, entry: "." | "./test"): string {
  const folder = new URL(`ai-${release}/`, packages);
  const manifest = new URL("package.json", folder);
  if (!existsSync(manifest))
    throw new Error(`ai ${release} is not installed: run npm ci --prefix test/minors --ignore-scripts`);
  const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
  return fileURLToPath(new URL(exports[entry].import, folder));
}

const tables = [
  "test/{conformance,exits,minors}/**/*.test.ts",
  "test/adapter/{collected,exits}.memory.test.ts",
  "test/adapter/{calls,coexistence,durable,fuzz,idle,parents,switches}.test.ts",
  "test/transparency/{views,streams,agents}/**/*.test.ts",
];
/** They take as long as the tables. So CI runs one of the two: MINORS_PART is `minors` or `programs`. Default: both. */
const programs = ["test/transparency/programs.{v5,v6,v7}.test.ts", "test/adapter/transparency.test.ts"];
const part = process.env["MINORS_PART"];
const include = [...(part === "programs" ? [] : tables), ...(part === "minors" ? [] : programs)];

const alias = [...aliases("ai-v5", row.v5), ...aliases("ai-v6", row.v6), ...aliases("ai", row.v7)];
const { resolve } = suite;

export default mergeConfig(
  { resolve },
  defineConfig({
    resolve: { alias },
    test: {
      name: `minors-${rowName}`,
      include,
      exclude: ["**/node_modules/**"],
      pool: "forks",
      maxWorkers: "100%",
      execArgv: ["--expose-gc"],
      runner: "test/minors/runner.ts",
      setupFiles: ["test/registry/hook.ts", "test/minors/setup.ts"],
      env: { [TESTED_ROW]: rowName },
      unstubGlobals: true,
      restoreMocks: true,
      testTimeout: 20_000,
      hookTimeout: 120_000,
      // All tests of a file may be about what a release lacks.
      passWithNoTests: true,
    },
  }),
);
