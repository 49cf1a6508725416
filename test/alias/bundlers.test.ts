/**
 * `ai-spans/ai` instead of `ai`, in each bundler, by the recipe of the guide: the bundle runs, and gives whole span
 * trees on each major.
 *
 * Holds: alias.
 */
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { Miniflare } from "miniflare";
import { describe, test } from "vitest";
import { expectTraced, installed, majors, parse, projectOf, runIn, runNode, type Major } from "./projects.ts";

const BUN = "@oven/bun-linux-x64/bin/bun";

/** Builds the project by the recipe, and runs what was built. */
type Bundler = (major: Major) => Promise<string>;

const bundlers: Readonly<Record<string, Bundler>> = {
  async esbuild(major) {
    await runNode(major, "../recipes/esbuild.js");
    return runNode(major, "dist/esbuild.mjs");
  },
  async Vite(major) {
    await runNode(major, installed("vite/bin/vite.js"), "build", "--config", "../recipes/vite.config.js");
    return runNode(major, "dist/vite/main.js");
  },
  async "Vite, with the packages inside the bundle"(major) {
    await runNode(
      major,
      installed("vite/bin/vite.js"),
      "build",
      "--config",
      "../recipes/vite-inside.config.js",
    );
    return runNode(major, "dist/vite-inside/main.js");
  },
  async "Vite's development server"(major) {
    return runNode(major, "../vite-server.js");
  },
  async Rollup(major) {
    await runNode(major, installed("rollup/dist/bin/rollup"), "--config", "../recipes/rollup.config.js");
    return runNode(major, "dist/rollup/main.mjs");
  },
  async webpack(major) {
    const webpack = installed("webpack/bin/webpack.js");
    await runNode(major, webpack, "--config", "../recipes/webpack.config.js", "--no-optimization-minimize");
    return runNode(major, "dist/webpack/main.cjs");
  },
  async Bun(major) {
    await runIn(major, installed(BUN), ["../recipes/bun.js"]);
    return runIn(major, installed(BUN), ["dist/bun/main.js"]);
  },
  async wrangler(major) {
    const configuration = `${projectOf(major)}wrangler.jsonc`;
    copyFileSync(new URL("recipes/wrangler.jsonc", import.meta.url), configuration);
    try {
      const wrangler = installed("wrangler/bin/wrangler.js");
      await runNode(major, wrangler, "deploy", "--dry-run", "--outdir", "dist/wrangler");
    } finally {
      rmSync(configuration);
    }
    return fetchFromWorker(readFileSync(`${projectOf(major)}dist/wrangler/worker.js`, "utf8"));
  },
};

async function fetchFromWorker(script: string): Promise<string> {
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: script }],
    compatibilityDate: "2026-04-26",
    compatibilityFlags: ["nodejs_compat"],
  });
  try {
    return await (await worker.dispatchFetch("http://localhost/")).text();
  } finally {
    await worker.dispose();
  }
}

describe.each(Object.entries(bundlers))("%s", (_name, bundler) => {
  test.each(majors)("traces a bundled program on %s", async (major) => {
    expectTraced(parse(await bundler(major)));
  });
});
