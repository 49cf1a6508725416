/** @type {import("bun").BunPlugin} */
const traceAI = {
  name: "trace-ai",
  setup({ onResolve }) {
    onResolve({ filter: /^ai$/ }, () => ({ path: Bun.resolveSync("ai-spans/ai", process.cwd()) }));
  },
};

const { success, logs } = await Bun.build({
  entrypoints: ["main.js"],
  outdir: "dist/bun",
  target: "bun",
  plugins: [traceAI],
});
if (!success) throw new AggregateError(logs);
