// Runs the install lines and the programs of the README and of docs/guide/start.md as they are printed. Each has an empty
// folder, into which npm installs the packed package and everything else from its registry.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "install",
  include: ["test/install/*.test.ts"],
  globalSetup: "test/install/setup.ts",
  // Only ends what would hang for ever.
  testTimeout: 600_000,
  hookTimeout: 600_000,
});
