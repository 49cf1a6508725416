// Runs ai-spans beside other instrumentations. Each is installed in its own folder beside this file: README.md.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "neighbors",
  include: ["test/neighbors/**/*.test.ts"],
  maxWorkers: "100%",
  globalSetup: "test/neighbors/packed-package.ts",
  // Ends only a test that hangs for ever.
  testTimeout: 500_000,
  hookTimeout: 500_000,
});
