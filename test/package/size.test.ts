// Each entry, and each usual import from the root entry, stays within a size budget: minified, gzipped and without peer
// dependencies. docs/why/decisions/2026-11-21-size-of-the-root-entry.md has the reasons.
//
// Holds: size.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { PAGE } from "../../src/view/built-page.ts";

const ROOT = "../../src/index.ts";
const PROPAGATION = "../../src/propagation.ts";

const budgets = [
  ["wrapAISDK, withTurn", ROOT, 30060],
  ["createAISDKTelemetry", ROOT, 21510],
  ["wrapTool", ROOT, 12470],
  ["*", ROOT, 35140],
  ["generateText, ToolLoopAgent", "../../src/ai.ts", 30330],
  ["wrapMCPTransport", "../../src/mcp.ts", 2640],
  ["wrapMCPServer", "../../src/mcp.ts", 3800],
  ["*", PROPAGATION, 12860],
  ["wrapAISDK", "../../src/cloudflare.ts", 30910],
  ["*", "../../src/doctor.ts", 13540],
  ["flushAfter, flushHandler, createServerlessSpanProcessor", "../../src/serverless.ts", 5200],
  ["*", "../../src/serverless.ts", 5590],
  ["createTreeExporter", "../../src/console.ts", 7080],
  ["*", "../../src/testing.ts", 3910],
  ["createViewer, renderTrace", "../../src/view.ts", 60_000],
] as const;

/** Texts of the propagation entry that a minifier does not change. */
const PROPAGATION_MARKS = ["origin-", "_otel", "AI_SPANS_TRACE_MODE", "__aiSpansRpc", "@opentelemetry/core"];

async function bundle(names: string, source: string): Promise<{ text: string; bytes: number }> {
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
    external: ["@opentelemetry/api", "@opentelemetry/core", "ai", "#ai-spans/sdk"],
  });
  const text = outputFiles[0]?.text ?? "";
  // A bundle without its exports would be small by mistake.
  for (const name of names === "*" ? ["(with|expect|format|flush)[A-Z]\\w+"] : names.split(", ")) {
    expect(text).toMatch(new RegExp(`export\\{.*\\b${name}\\b.*\\}`));
  }
  return { text, bytes: gzipSync(text, { level: 9 }).byteLength };
}

it.each(budgets)("%s of %s adds less than %i bytes to a bundle", async (names, source, budgetBytes) => {
  const { bytes } = await bundle(names, source);
  expect(bytes, `${names} of ${source} is ${bytes} bytes, minified and gzipped`).toBeLessThan(budgetBytes);
});

it("weighs less than 60 kB as a page of the viewer", () => {
  expect(gzipSync(PAGE, { level: 9 }).byteLength).toBeLessThan(60_000);
});

it("keeps the propagation entry out of the root entry's bundle", async () => {
  const marksIn = ({ text }: { text: string }): string[] =>
    PROPAGATION_MARKS.filter((mark) => text.includes(mark));
  expect(marksIn(await bundle("*", PROPAGATION))).toEqual(PROPAGATION_MARKS);
  expect(marksIn(await bundle("*", ROOT))).toEqual([]);
});
