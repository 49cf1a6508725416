// Runs every test of the repository from its sources, each file in a process of its own. Files named
// `*.memory.test.ts` have `globalThis.gc` at hand.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string): string => fileURLToPath(new URL(`./src/${name}.ts`, import.meta.url));
const memoryTests = "test/**/*.memory.test.ts";
const packages = "**/node_modules/**";
/** They need installs of their own, and have configurations of their own. */
const runtimeTests = "test/{alias,backends,frameworks,install,neighbors,providers,runtime}/**";
/** They need servers: vitest.brokers.config.ts runs them. */
const brokerTests = "test/**/*.broker.test.ts";
/** What takes longest, or hangs least on the version of Node: CI leaves it out on all but the first. */
const longTests = process.env["SHORT_SUITE"]
  ? [
      "test/{transparency/programs.*,view/transparency}.test.ts",
      "test/{canary,copies,docs,fuzz,package,registry,types}/**",
      "test/{memory/runs,adapter/calls,adapter/differences}.memory.test.ts",
    ]
  : [];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ai-spans$/, replacement: source("index") },
      { find: /^ai-spans\/instrumentation$/, replacement: source("instrumentation") },
      { find: /^ai-spans\/mcp$/, replacement: source("mcp") },
      { find: /^ai-spans\/propagation$/, replacement: source("propagation") },
      { find: /^ai-spans\/cloudflare$/, replacement: source("cloudflare") },
      { find: /^ai-spans\/doctor$/, replacement: source("doctor") },
      { find: /^ai-spans\/console$/, replacement: source("console") },
      { find: /^ai-spans\/serverless$/, replacement: source("serverless") },
      { find: /^ai-spans\/testing$/, replacement: source("testing") },
      { find: /^ai-spans\/view$/, replacement: source("view") },
    ],
  },
  test: {
    pool: "forks",
    // The programs under test never wait for long: a core left free is a core lost.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 120_000,
    setupFiles: ["test/registry/hook.ts"],
    unstubGlobals: true,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: "suite",
          include: ["test/**/*.test.ts", "examples/testing/*.test.ts"],
          exclude: [packages, memoryTests, runtimeTests, brokerTests, ...longTests],
        },
      },
      {
        extends: true,
        test: {
          name: "memory",
          include: [memoryTests],
          exclude: [packages, ...longTests],
          execArgv: ["--expose-gc"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
