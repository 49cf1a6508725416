// Runs ai-spans beside other instrumentations. Each is installed in its own folder beside this file: README.md.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "neighbors",
      include: ["test/neighbors/**/*.test.ts"],
      pool: "forks",
      maxWorkers: "100%",
      setupFiles: ["test/registry/hook.ts"],
      globalSetup: "test/neighbors/packed-package.ts",
      // Ends only a test that hangs for ever.
      testTimeout: 500_000,
      hookTimeout: 500_000,
    },
  }),
);
