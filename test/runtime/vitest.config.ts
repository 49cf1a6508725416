// Runs the tests that need other runtimes, which are installed beside this file: `npm ci --prefix test/runtime`; and those
// of the provider packages, which are installed in `test/providers`. Those in `zero-code` have a configuration there.
import { separateSuite } from "../vitest.separate.config.ts";

export default separateSuite({
  name: "runtimes",
  include: ["test/{runtime,providers}/**/*.test.ts"],
  exclude: ["**/node_modules/**", "test/runtime/zero-code/**"],
  testTimeout: 20_000,
  hookTimeout: 120_000,
});
