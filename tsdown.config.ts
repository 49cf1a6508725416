// Builds src into dist: ES modules and CommonJS modules, each with types of its own, for any runtime. Peer dependencies
// stay imports.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "tsdown";
import { INLINED_PACKAGES } from "./release/inlined-packages.ts";

const entry = {
  index: "src/index.ts",
  cloudflare: "src/cloudflare.ts",
  console: "src/console.ts",
  doctor: "src/doctor.ts",
  instrumentation: "src/instrumentation.ts",
  mcp: "src/mcp.ts",
  propagation: "src/propagation.ts",
  register: "src/register.ts",
  serverless: "src/serverless.ts",
  testing: "src/testing.ts",
  view: "src/view.ts",
};

const types = `/**
 * The AI SDK with its own names and types, traced. A bundler's alias replaces \`ai\` by it:
 * docs/guide/bundlers.md.
 */
export * from "ai";
`;

/**
 * The files of `ai-spans/ai` that no compiler writes. The types are those of the SDK that is installed. The CommonJS module
 * has exactly the names of that SDK, because a CommonJS module gets its names when it runs.
 */
const filesOfAlias = {
  "ai.d.ts": types,
  "ai.d.cts": types,
  "ai.cjs": 'module.exports = require("./index.cjs").wrapAISDK(require("#ai-spans/sdk"));\n',
};

export default defineConfig({
  format: {
    esm: {
      entry: { ...entry, ai: "src/ai.ts" },
      dts: { entry: Object.values(entry) },
      hooks: {
        "build:done"({ options: { outDir } }) {
          for (const [name, text] of Object.entries(filesOfAlias)) writeFileSync(join(outDir, name), text);
        },
      },
    },
    cjs: { entry, dts: {} },
  },
  platform: "neutral",
  tsconfig: "tsconfig.src.json",
  target: "es2022",
  deps: { neverBundle: ["#ai-spans/sdk"], onlyBundle: [...INLINED_PACKAGES] },
  clean: true,
  outExtensions: ({ format }) =>
    format === "cjs" ? { js: ".cjs", dts: ".d.cts" } : { js: ".js", dts: ".d.ts" },
});
