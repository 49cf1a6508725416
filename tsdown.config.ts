// Builds src into dist: ES modules and CommonJS modules, each with types of its own, for any runtime. Peer dependencies
// stay imports.
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    cloudflare: "src/cloudflare.ts",
    instrumentation: "src/instrumentation.ts",
    mcp: "src/mcp.ts",
    propagation: "src/propagation.ts",
    register: "src/register.ts",
    serverless: "src/serverless.ts",
    testing: "src/testing.ts",
    view: "src/view.ts",
  },
  format: ["esm", "cjs"],
  platform: "neutral",
  tsconfig: "tsconfig.src.json",
  target: "es2022",
  dts: true,
  clean: true,
  outExtensions: ({ format }) =>
    format === "cjs" ? { js: ".cjs", dts: ".d.cts" } : { js: ".js", dts: ".d.ts" },
});
