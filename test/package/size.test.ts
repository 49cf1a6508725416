// Holds each entry, and what somebody imports of the root entry, to a size budget: minified, gzipped, peer dependencies
// left out. Why these: docs/decisions/2026-11-21-size-of-the-root-entry.md.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const budgets = [
  ["wrapAISDK, withTurn", "../../src/index.ts", 8500],
  ["createAISDKTelemetry", "../../src/index.ts", 6900],
  ["*", "../../src/index.ts", 9420],
  ["wrapAISDK", "../../src/cloudflare.ts", 9340],
  ["flushAfter, withFlush, createServerlessSpanProcessor", "../../src/serverless.ts", 2740],
] as const;

async function bundledBytes(names: string, source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${names === "*" ? "*" : `{ ${names} }`} from "${source}"`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["@opentelemetry/api", "ai"],
  });
  const [bundle] = outputFiles;
  // A bundle that lost its exports would be small for the wrong reason.
  for (const name of names === "*" ? ["wrapAISDK"] : names.split(", ")) {
    expect(bundle?.text).toMatch(new RegExp(`export\\{.*\\b${name}\\b.*\\}`));
  }
  return gzipSync(bundle?.contents ?? "", { level: 9 }).byteLength;
}

it.each(budgets)("%s of %s adds less than %i bytes to a bundle", async (names, source, budgetBytes) => {
  const bytes = await bundledBytes(names, source);
  expect(bytes, `${names} of ${source} is ${bytes} bytes, minified and gzipped`).toBeLessThan(budgetBytes);
});
