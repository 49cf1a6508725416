// Runs the tests of `ai-spans/ai` in the bundlers, which are installed beside this file, and with each major of the SDK,
// which are installed in `v5`, `v6` and `v7`: `npm ci --ignore-scripts --prefix` on each of these folders.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "alias",
      include: ["test/alias/*.test.ts"],
      pool: "forks",
      setupFiles: ["test/registry/hook.ts"],
      globalSetup: "test/alias/setup.ts",
      // Only ends what would hang for ever.
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  }),
);
