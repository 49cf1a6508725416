// Runs the tests that need other runtimes, which are installed beside this file: `npm ci --prefix test/runtime`; and those
// of the provider packages, which are installed in `test/providers`. Those in `zero-code` have a configuration there.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "runtimes",
      include: ["test/{runtime,providers}/**/*.test.ts"],
      exclude: ["**/node_modules/**", "test/runtime/zero-code/**"],
      pool: "forks",
      setupFiles: ["test/registry/hook.ts"],
      testTimeout: 20_000,
      hookTimeout: 120_000,
    },
  }),
);
