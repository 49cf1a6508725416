// Bundles programs of a folder, each as a CommonJS bundle (.cjs) and as an ES module bundle (.mjs), into a folder inside
// with the name of the bundler. Prints what the bundler reports.
// Arguments: `esbuild` or `webpack`, the folder, the programs.
"use strict";
const { join, parse } = require("node:path");

const [bundler, folder, ...programs] = process.argv.slice(2);
const outputFolder = join(folder, bundler);
const bundles = programs.flatMap((program) =>
  ["cjs", "mjs"].map((extension) => ({
    isModule: extension === "mjs",
    entry: join(folder, program),
    name: `${parse(program).name}.${extension}`,
  })),
);

/** For OpenTelemetry, which requires Node's own modules. */
const requireInModule =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

async function runEsbuild() {
  const { build } = require("esbuild");
  const reports = [];
  for (const { isModule, entry, name } of bundles) {
    const { errors, warnings } = await build({
      entryPoints: [entry],
      outfile: join(outputFolder, name),
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      format: isModule ? "esm" : "cjs",
      banner: isModule ? { js: requireInModule } : {},
      logLevel: "silent",
    });
    reports.push(...errors, ...warnings);
  }
  return reports.map(({ text }) => text);
}

async function runWebpack() {
  const webpack = require("webpack");
  const configurations = bundles.map(({ isModule, entry, name }) => ({
    mode: "production",
    // Minifying takes most of the time.
    optimization: { minimize: false },
    target: "node20",
    context: folder,
    entry,
    experiments: { outputModule: isModule },
    output: {
      path: outputFolder,
      filename: name,
      module: isModule,
      chunkFormat: isModule ? "module" : "commonjs",
    },
  }));
  const stats = await new Promise((resolve, reject) => {
    webpack(configurations, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  return [...errors, ...warnings].map(({ message }) => message);
}

void (bundler === "webpack" ? runWebpack() : runEsbuild()).then((reports) =>
  console.log(JSON.stringify({ reports })),
);
