/**
 * Runs the tests on every row of old releases, one row after the other: `npm run test:minors:all`. Its arguments are
 * passed to vitest.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { rowNames } from "./releases.ts";

const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));

const failed = rowNames.filter((row) => {
  const run = spawnSync(
    process.execPath,
    [vitest, "run", "--config", "vitest.minors.config.ts", ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, AI_MINORS: row } },
  );
  return run.status !== 0;
});

if (failed.length > 0) console.error(`failed on: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
