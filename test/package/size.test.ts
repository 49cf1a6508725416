// Holds each entry to a size budget: minified, gzipped, peer dependencies left out.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const budgets = [
  ["ai-spans", "../../src/index.ts", 8000, "wrapAISDK"],
  ["ai-spans/propagation", "../../src/propagation.ts", 8500, "injectContext"],
] as const;

/** Texts of the propagation entry that minifying keeps. */
const PROPAGATION_MARKS = ["origin-", "_otel", "AI_SPANS_TRACE_MODE", "__aiSpansRpc", "@opentelemetry/core"];

async function bundle(source: string, name: string): Promise<{ text: string; bytes: number }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["@opentelemetry/api", "@opentelemetry/core", "ai"],
  });
  const [output] = outputFiles;
  const text = output?.text ?? "";
  // An entry that lost its exports would be small for the wrong reason.
  expect(text).toMatch(new RegExp(`export\\{.*\\b${name}\\b.*\\}`));
  return { text, bytes: gzipSync(text, { level: 9 }).byteLength };
}

it.each(budgets)(
  "%s (%s) adds less than %i bytes to a bundle",
  async (_name, source, budgetBytes, exported) => {
    const { bytes } = await bundle(source, exported);
    expect(bytes, `${source} is ${bytes} bytes, minified and gzipped`).toBeLessThan(budgetBytes);
  },
);

it("keeps the propagation entry out of the root entry's bundle", async () => {
  const marksIn = ({ text }: { text: string }): string[] =>
    PROPAGATION_MARKS.filter((mark) => text.includes(mark));
  expect(marksIn(await bundle("../../src/propagation.ts", "injectContext"))).toEqual(PROPAGATION_MARKS);
  expect(marksIn(await bundle("../../src/index.ts", "wrapAISDK"))).toEqual([]);
});
