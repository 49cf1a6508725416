import { build } from "esbuild";

await build({
  entryPoints: ["main.js"],
  outfile: "dist/esbuild.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  alias: { ai: "ai-spans/ai", "ai/test": "ai/test" },
  // For packages that call `require` of a module of Node.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
