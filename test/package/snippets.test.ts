/**
 * Every TypeScript snippet of the README and the docs compiles against the sources, with the names it leaves to its
 * reader (a model, a prompt) declared for it.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

const AMBIENT: Readonly<Record<string, string>> = {
  model: 'import("ai").LanguageModel',
  prompt: "string",
  generateText: 'typeof import("ai").generateText',
  bookingAgent: 'import("ai").ToolLoopAgent',
};

interface Snippet {
  readonly name: string;
  readonly text: string;
}

function markdownFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join(folder, name));
}

function snippetsOf(file: string): Snippet[] {
  const blocks = readFileSync(path.join(root, file), "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm);
  return Array.from(blocks, ([, text = ""], index) => {
    const missing = Object.entries(AMBIENT).filter(
      ([name]) => !new RegExp(`const .*\\b${name}\\b`).test(text),
    );
    const prelude = missing.map(([name, type]) => `declare const ${name}: ${type};`).join(" ");
    return { name: `${file}-${index + 1}`.replaceAll(/\W/g, "-"), text: `${prelude}\nexport {};\n${text}` };
  });
}

function complaints(snippets: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const virtual = new Map(snippets.map(({ name, text }) => [path.join(root, `${name}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => virtual.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => virtual.has(name) || fileExists.call(host, name);
  const program = ts.createProgram([...virtual.keys()], { ...options, noUnusedLocals: false }, host);
  return [...virtual.keys()].flatMap((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(
        ({ messageText }) => `${path.basename(name)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      ),
  );
}

test("compiles every snippet of the README and the docs", () => {
  const snippets = ["README.md", "CONTRIBUTING.md", ...markdownFiles("docs")].flatMap(snippetsOf);
  expect(snippets.length).toBeGreaterThan(2);
  expect(complaints(snippets)).toEqual([]);
}, 60_000);

test("finds a snippet that does not compile", () => {
  expect(
    complaints([{ name: "broken", text: 'import { wrapAISDK } from "ai-spans";\nwrapAISDK(1);' }]),
  ).not.toEqual([]);
}, 60_000);
