import { defineConfig } from "vite";

export default defineConfig({
  resolve: { alias: [{ find: /^ai$/, replacement: "ai-spans/ai" }] },
  build: { ssr: "main.js", outDir: "dist/vite" },
});
