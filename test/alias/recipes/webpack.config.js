import path from "node:path";

export default {
  mode: "production",
  target: "node",
  entry: "./main.js",
  output: { path: path.resolve("dist/webpack"), filename: "main.cjs" },
  module: {
    rules: [{ exclude: /node_modules[\\/]ai-spans[\\/]/, resolve: { alias: { ai$: "ai-spans/ai" } } }],
  },
};
