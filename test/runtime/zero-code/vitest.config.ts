// Runs the tests of `ai-spans/register` and `ai-spans/instrumentation` in processes on Node 20, 22 and 24. First run
// `npm ci --ignore-scripts --prefix` on this folder, on the two folders in it that have a lockfile, and on `.ci/nodes`.
import { separateSuite } from "../../vitest.separate.config.ts";

export default separateSuite({
  name: "zero-code",
  include: ["test/runtime/zero-code/*.test.ts"],
  testTimeout: 120_000,
  hookTimeout: 300_000,
});
