// Runs the tests that need other runtimes, which are installed in this folder: `npm ci --prefix test/runtime`. It also
// runs the tests of the provider packages, which are installed in `test/providers`.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "runtimes",
      include: ["test/{runtime,providers}/**/*.test.ts"],
      pool: "forks",
      setupFiles: ["test/registry/hook.ts"],
      testTimeout: 20_000,
      hookTimeout: 120_000,
    },
  }),
);
