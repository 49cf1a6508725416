/**
 * Bundles programs for other runtimes with the packed package, so that the tests run what would be published.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import type { PackedProject } from "../package/packed-project.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** @param contents the source text of a module in this folder */
export async function bundle(
  project: PackedProject,
  contents: string,
  options: BuildOptions = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER, loader: "ts" },
    alias: {
      "ai-spans": join(project.packageFolder, "dist/index.js"),
      "ai-spans/cloudflare": join(project.packageFolder, "dist/cloudflare.js"),
      "ai-spans/serverless": join(project.packageFolder, "dist/serverless.js"),
    },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** Options for a Worker with `nodejs_compat`. Node's modules stay imports, for CommonJS packages too. */
export const forWorkerd: BuildOptions = {
  platform: "node",
  conditions: ["workerd", "worker", "import"],
  mainFields: ["browser", "module", "main"],
  external: ["cloudflare:*"],
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire("/");',
  },
};
