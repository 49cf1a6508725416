// What the configurations share of the suites that need installs of their own.
import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

const { resolve } = base;

export function separateSuite(test: ViteUserConfig["test"]): ViteUserConfig {
  return mergeConfig(
    { resolve },
    defineConfig({ test: { pool: "forks", setupFiles: ["test/registry/hook.ts"], ...test } }),
  );
}
