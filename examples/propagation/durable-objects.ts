// Runs the Worker and the Durable Object of durable-objects/ in workerd, as two Workers, and prints the trace that they
// share.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { SentSpan } from "./durable-objects/telemetry.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bundles a Worker as wrangler does. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path(`durable-objects/${name}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:workers"],
    tsconfig: path("../../tsconfig.json"),
    // The context manager is a CommonJS package, and asks for a built-in module.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire("file:///worker.js");',
    },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

const common = {
  modules: true,
  compatibilityDate: "2026-04-01",
  compatibilityFlags: ["nodejs_compat"],
};
const workers = new Miniflare({
  workers: [
    {
      ...common,
      name: "worker",
      script: await bundle("worker"),
      durableObjects: { HOTEL: { className: "Hotel", scriptName: "hotel" } },
      serviceBindings: { HOTEL_WORKER: "hotel" },
    },
    { ...common, name: "hotel", script: await bundle("hotel"), durableObjects: { HOTEL: "Hotel" } },
  ],
});

async function spansOf(worker: string): Promise<SentSpan[]> {
  const response = await workers.dispatchFetch(`http://worker/spans/${worker}`);
  // The body that `tracesResponse` returns.
  return (await response.json()) as SentSpan[];
}

const answer = await workers.dispatchFetch("http://worker/");
await answer.text();
const [atWorker, atHotel] = [await spansOf("worker"), await spansOf("hotel")];
await workers.dispose();

const spans = [
  ...atWorker.map((span) => ({ ...span, place: "in the Worker" })),
  ...atHotel.map((span) => ({ ...span, place: "in the object" })),
];
function printBelow(parent: string | undefined, indent: string): void {
  for (const span of spans.filter((other) => other.parent === parent)) {
    process.stdout.write(`${indent}${span.name}, ${span.place}\n`);
    printBelow(span.spanId, `${indent}  `);
  }
}
process.stdout.write(`traces: ${new Set(spans.map(({ traceId }) => traceId)).size}\n`);
printBelow(undefined, "  ");
