// Builds, starts and drives the projects of docs/guide/frameworks.md. First run `npm ci --ignore-scripts --prefix` on each
// folder here that has a lockfile, and on `.ci/nodes`.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "frameworks",
  include: ["test/frameworks/*.test.ts"],
  globalSetup: "test/frameworks/setup.ts",
  // Only ends what would hang for ever.
  testTimeout: 300_000,
  hookTimeout: 300_000,
});
