// The tests against real brokers and a real Prometheus, which need servers that npm does not bring: `bash .ci/servers` installs them. No
// part of `npm test`.
import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

export default defineConfig({
  ...suite,
  test: {
    name: "brokers",
    pool: "forks",
    setupFiles: ["test/registry/hook.ts"],
    include: ["test/**/*.broker.test.ts"],
    globalSetup: "test/propagation/brokers/servers.ts",
    restoreMocks: true,
    // Only ends what would hang for ever.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
