// Runs ai-spans with the packages of backends, which are installed beside this file: README.md.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "backends",
  include: ["test/backends/**/*.test.ts"],
  globalSetup: "test/neighbors/packed-package.ts",
  // Ends only a test that hangs for ever.
  testTimeout: 120_000,
  hookTimeout: 120_000,
});
