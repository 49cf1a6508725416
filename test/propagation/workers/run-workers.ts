/**
 * Starts the Workers under test in the real runtime: bundled from the sources, one isolate each.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";

const here = new URL("./", import.meta.url);
const source = (path: string): string => fileURLToPath(new URL(path, here));

/** @param name of a module of this folder */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source(`${name}.ts`)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2022",
    // The conditions of wrangler, which prefer the builds for browsers.
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:workers", "node:*"],
    alias: {
      "ai-spans": source("../../../src/index.ts"),
      "ai-spans/propagation": source("../../../src/propagation.ts"),
      "ai-spans/serverless": source("../../../src/serverless.ts"),
    },
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

async function start(options: MiniflareOptions): Promise<Miniflare> {
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  return miniflare;
}

/**
 * Starts a Worker with a Durable Object `Room`.
 *
 * @param name of a module of this folder
 */
export async function startRooms(name: string): Promise<Miniflare> {
  return start({ ...common, script: await bundle(name), durableObjects: { ROOM: "Room" } });
}

export async function startWorkers(): Promise<Miniflare> {
  const [travel, hotel] = await Promise.all([bundle("travel"), bundle("hotel")]);
  return start({
    workers: [
      {
        ...common,
        name: "travel",
        script: travel,
        durableObjects: {
          HOTEL: { className: "Hotel", scriptName: "hotel" },
          DECLARED_HOTEL: { className: "Hotel", scriptName: "hotel" },
          BARE_HOTEL: { className: "BareHotel", scriptName: "hotel" },
        },
        queueProducers: { BOOKINGS: "bookings" },
        serviceBindings: { HOTEL_WORKER: "hotel", DESK: { name: "hotel", entrypoint: "Desk" } },
      },
      {
        ...common,
        name: "hotel",
        script: hotel,
        durableObjects: { HOTEL: "Hotel", BARE_HOTEL: "BareHotel" },
        queueConsumers: { bookings: { maxBatchSize: 1, maxBatchTimeout: 0 } },
      },
    ],
  });
}
