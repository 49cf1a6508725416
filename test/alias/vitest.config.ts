// Runs the tests of `ai-spans/ai` in the bundlers, which are installed beside this file, and with each major of the SDK,
// which are installed in `v5`, `v6` and `v7`: `npm ci --ignore-scripts --prefix` on each of these folders.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "alias",
  include: ["test/alias/*.test.ts"],
  globalSetup: "test/alias/setup.ts",
  // Only ends what would hang for ever.
  testTimeout: 600_000,
  hookTimeout: 600_000,
});
