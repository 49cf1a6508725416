// Holds each entry to a size budget: minified, gzipped, peer dependencies left out.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const budgets = [["ai-spans", "../../src/index.ts", 9500]] as const;

async function bundledBytes(source: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["@opentelemetry/api", "ai"],
  });
  const [bundle] = outputFiles;
  // An entry that lost its exports would be small for the wrong reason.
  expect(bundle?.text).toMatch(/export\{.*\bwrapAISDK\b.*\}/);
  return gzipSync(bundle?.contents ?? "", { level: 9 }).byteLength;
}

it.each(budgets)("%s (%s) adds less than %i bytes to a bundle", async (_name, source, budgetBytes) => {
  const bytes = await bundledBytes(source);
  expect(bytes, `${source} is ${bytes} bytes, minified and gzipped`).toBeLessThan(budgetBytes);
});
