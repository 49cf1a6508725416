import alias from "@rollup/plugin-alias";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import resolve from "@rollup/plugin-node-resolve";

export default {
  input: "main.js",
  output: { dir: "dist/rollup", format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
  plugins: [
    alias({ entries: [{ find: /^ai$/, replacement: "ai-spans/ai" }] }),
    resolve({ preferBuiltins: true }),
    commonjs(),
    json(),
  ],
};
