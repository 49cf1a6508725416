// Runs ai-spans with the packages of backends, which are installed beside this file: README.md.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "backends",
      include: ["test/backends/**/*.test.ts"],
      pool: "forks",
      setupFiles: ["test/registry/hook.ts"],
      globalSetup: "test/neighbors/packed-package.ts",
      // Ends only a test that hangs for ever.
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
