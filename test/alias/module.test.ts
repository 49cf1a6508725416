/**
 * What the module `ai-spans/ai` is: the names and the types of `ai`, one set of spans beside our other ways to trace, and
 * nothing of ours in a bundle that uses no traced export.
 *
 * Holds: alias-names.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { build, type BuildOptions } from "esbuild";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { otlpTrees } from "../support/otlp-spans.ts";
import { completeSpan, type SpanNode } from "../support/span-tree.ts";
import { AGENT_CLASSES, OPERATIONS } from "../../src/wrap/operations.ts";
import {
  expectedTrees,
  expectTraced,
  expectValues,
  majors,
  parse,
  projectOf,
  runNode,
  type Major,
  type ProgramOutput,
} from "./projects.ts";

const alias = { ai: "ai-spans/ai", "ai/test": "ai/test" };

async function bundle(major: Major, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: projectOf(major),
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** Bundles a program of the project with the alias, and runs it. */
async function runBundled(
  major: Major,
  entry: string,
  options: BuildOptions = { alias },
): Promise<ProgramOutput> {
  const file = `dist/${entry}${options.alias ? "" : "-bare"}.mjs`;
  await bundle(major, { entryPoints: [entry], outfile: file, write: true, ...options });
  return parse(await runNode(major, file));
}

/** A module that exports some names of `ai`, minified. */
async function exportsOnly(major: Major, names: string, options: BuildOptions = {}): Promise<string> {
  const stdin = { contents: `export ${names} from "ai";`, resolveDir: projectOf(major) };
  return bundle(major, { stdin, minify: true, ...options });
}

describe.each(majors)("on %s", (major) => {
  test("a bundle without the alias has no spans, and the same values", async () => {
    const output = await runBundled(major, "main.js", {});
    expect(otlpTrees(output.request)).toEqual([]);
    expectValues(output);
  });

  test("a program that requires `ai` is traced, and finds exactly the names of the SDK", async () => {
    const output = await runBundled(major, "required.cjs");
    expectTraced(output);
    expect(output.names).toEqual((await runBundled(major, "required.cjs", {})).names);
  });

  test("a program that wraps the SDK as well has one set of spans, with its own options", async () => {
    const output = await runBundled(major, "wrapped-too.js");
    expectValues(output);
    expect(otlpTrees(output.request)).toEqual(expectedTrees.map(completeSpan).map(withoutRunUsage));
  });

  test("a package that has the name `ai` and is not the SDK stays as it is", async () => {
    // In a folder of the project, where the bundler finds this `ai` and the installed ai-spans.
    const folder = `${projectOf(major)}dist/other`;
    mkdirSync(`${folder}/node_modules/ai`, { recursive: true });
    cpSync(`${projectOf(major)}node_modules/ai-spans`, `${folder}/node_modules/ai-spans`, {
      recursive: true,
    });
    writeFileSync(`${folder}/node_modules/ai/package.json`, '{ "name": "ai", "main": "index.js" }');
    writeFileSync(
      `${folder}/node_modules/ai/index.js`,
      "export const embed = (value) => value + 1; export const generateText = embed; export const original = embed;",
    );
    writeFileSync(
      `${folder}/entry.js`,
      'import { embed, generateText, original } from "ai"; console.log(embed === original, generateText === original);',
    );
    const entryPoints = [`${folder}/entry.js`];
    // The bundler resolves an alias from its working folder.
    const outfile = `${folder}/bundle.mjs`;
    await bundle(major, { absWorkingDir: folder, entryPoints, outfile, write: true, alias });
    expect(await runNode(major, `${folder}/bundle.mjs`)).toBe("true true\n");
  });

  test("the names are those of the SDK, and `undefined` for functions of other majors", async () => {
    const { names, missing } = await runBundled(major, "main.js");
    const bare = await runBundled(major, "main.js", {});
    expect(bare.missing).toEqual([]);
    expect(names.filter((name) => !missing.includes(name))).toEqual(bare.names);
    const traced = new Set([...OPERATIONS.keys(), ...AGENT_CLASSES]);
    const isTraced = (name: string): boolean => traced.has(name.replace(/^experimental_/i, ""));
    expect(missing.filter((name) => !isTraced(name))).toEqual([]);
  });

  test("every function and class that is traced is traced by the alias", async () => {
    const names = [...OPERATIONS.keys(), ...AGENT_CLASSES].flatMap((name) => [
      name,
      `experimental_${name}`,
      `Experimental_${name}`,
    ]);
    const program = `
      import * as sdk from "ai";
      import * as traced from "ai-spans/ai";
      import { createRequire } from "node:module";
      const required = createRequire(process.cwd() + "/program.js")("ai-spans/ai");
      const names = ${JSON.stringify(names)}.filter((name) => sdk[name]);
      const untraced = (module) => names.filter((name) => !module[name] || module[name] === sdk[name]);
      console.log(JSON.stringify([names.length, untraced(traced), untraced(required)]));`;
    const [count, imported, required] = JSON.parse(
      await runNode(major, "--input-type=module", "--eval", program),
    );
    expect(count).toBeGreaterThan(8);
    expect([imported, required]).toEqual([[], []]);
  });

  test("a bundle that uses no traced export is the same as without the alias", async () => {
    const untraced = "{ convertToModelMessages }";
    expect(await exportsOnly(major, untraced, { alias })).toBe(await exportsOnly(major, untraced));
    expect(await exportsOnly(major, "{ generateText }", { alias })).toContain("ai_spans");
  });

  test.each(["NodeNext", "Bundler"] as const)("the types are those of the SDK (%s)", (resolution) => {
    expect(complaintsOf(major, resolution)).toEqual([]);
  });
});

test("on v7, a program that registers the adapter as well has one set of spans", async () => {
  expectTraced(await runBundled("v7", "registered-too.js"));
});

function complaintsOf(major: Major, resolution: "NodeNext" | "Bundler"): string[] {
  const program = ts.createProgram([`${projectOf(major)}types.ts`], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: resolution === "NodeNext" ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind[resolution],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** The tree of a wrapper with `runUsage: false`. */
function withoutRunUsage(span: SpanNode): SpanNode {
  if (!span.name.startsWith("invoke_agent")) return span;
  const entries = Object.entries(span.attributes).filter(([key]) => !key.includes(".usage."));
  return { ...span, attributes: Object.fromEntries(entries) };
}
