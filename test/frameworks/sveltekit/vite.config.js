import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter(), tracing: { server: true } })],
  resolve: { alias: [{ find: /^ai$/, replacement: "ai-spans/ai" }] },
});
