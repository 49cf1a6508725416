// Builds, starts and drives the projects of docs/guide/frameworks.md. First run `npm ci --ignore-scripts --prefix` on each
// folder here that has a lockfile, and on `.ci/nodes`.
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const { resolve } = base;

export default mergeConfig(
  { resolve },
  defineConfig({
    test: {
      name: "frameworks",
      include: ["test/frameworks/*.test.ts"],
      pool: "forks",
      setupFiles: ["test/registry/hook.ts"],
      globalSetup: "test/frameworks/setup.ts",
      // Only ends what would hang for ever.
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  }),
);
