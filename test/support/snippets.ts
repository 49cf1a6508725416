/**
 * Compiles the TypeScript snippets of the documentation against the sources. It declares names that a snippet leaves to
 * its reader, such as `model` and `prompt`.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { codeBlocks } from "./code-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const AMBIENT: Readonly<Record<string, string>> = {
  model: 'import("ai").LanguageModel',
  prompt: "string",
  generateText: 'typeof import("ai").generateText',
  bookingAgent: 'import("ai").ToolLoopAgent',
  searchRooms: 'import("ai").Tool<{ city: string }, number>',
  options: 'import("ai").ToolExecutionOptions<never>',
};

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

/** @param folder relative to the root of the repository */
export function markdownFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join(folder, name));
}

/** @param fence the words after the opening backticks of a block */
export function snippetsOf(file: string, fence = "ts"): Snippet[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return codeBlocks(text, fence).map((block, index) => {
    const missing = Object.entries(AMBIENT).filter(
      ([name]) => !new RegExp(`\\bconst (?:\\{[^}]*)?\\b${name}\\b`).test(block),
    );
    const prelude = missing.map(([name, type]) => `declare const ${name}: ${type};`).join(" ");
    return { name: `${file}-${index + 1}`.replaceAll(/\W/g, "-"), text: `${prelude}\nexport {};\n${block}` };
  });
}

/**
 * @param folder where the packages of the snippets are installed, relative to the root of the repository
 * @param declarations of modules that are not installed there
 */
export function complaints(snippets: readonly Snippet[], folder = "", declarations = ""): string[] {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const declared = path.join(root, folder, "declarations.d.ts");
  const virtual = new Map(snippets.map(({ name, text }) => [path.join(root, folder, `${name}.mts`), text]));
  const names = [...virtual.keys()];
  virtual.set(declared, declarations);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => virtual.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => virtual.has(name) || fileExists.call(host, name);
  const program = ts.createProgram([...virtual.keys()], { ...options, noUnusedLocals: false }, host);
  return names.flatMap((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(
        ({ messageText }) => `${path.basename(name)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      ),
  );
}
