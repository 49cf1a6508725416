/**
 * The README and docs/guide/start.md show the flag before any code, with the same install line. The first program of the
 * guide runs. No install line of a page mixes the two lines of OpenTelemetry. `test/install` runs the install lines and
 * all programs of both pages.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { markdownFiles } from "../support/snippets.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The first block of a page that has code or commands. */
function firstBlock(page: string): string | undefined {
  return /^```\w+\n([\s\S]*?)^```/m.exec(page)?.[1];
}

/** The program that the guide shows under this name. */
function programOf(name: string): string {
  return (
    new RegExp(`^\`\`\`js ${name}\\n([\\s\\S]*?)^\`\`\``, "m").exec(read("docs/guide/start.md"))?.[1] ?? ""
  );
}

test("the first block of the README and of the guide is the install and the flag", () => {
  const block = firstBlock(read("README.md"));
  expect(block).toMatch(/^npm install ai-spans .*\n.*node --import ai-spans\/register app\.js\n$/);
  expect(firstBlock(read("docs/guide/start.md"))).toBe(block);
});

test("the install line names versions that the lockfile of the tests has", () => {
  const [install = ""] = (firstBlock(read("README.md")) ?? "").split("\n");
  const { devDependencies } = JSON.parse(read("test/runtime/zero-code/package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const named = [...install.matchAll(/(@opentelemetry\/[\w-]+)@([\d.]+)/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, name = "", version = ""] of named) expect(devDependencies[name]).toMatch(`${version}.`);
});

test("the first program of the guide runs on AI SDK 7", () => {
  const importOfModel = 'import { model } from "./model.js";\n';
  expect(programOf("app.js")).toContain(importOfModel);
  const program = programOf("app.js").replace(
    importOfModel,
    programOf("model.js").replace("export const", "const"),
  );
  const printed = execFileSync(process.execPath, ["--input-type=module"], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    input: program,
    encoding: "utf8",
  });
  expect(printed).toBe("Room 12 is free.\n");
}, 60_000);

/** The versions that go together, by the minor version of the API. A line may name patches. */
const VERSIONS: Readonly<Record<string, RegExp>> = {
  "1.9": /^(?:2|0\.223)(?:\.|$)/,
  "1.10": /^(?:3|0\.301)(?:\.|$)/,
};

/** The packages of an install line that do not fit the API of that line. */
function strangersIn(line: string): string[] {
  const named = [...line.matchAll(/(@opentelemetry\/[\w-]+)(?:@([\d.]+))?/g)];
  const api = named.find(([, name]) => name === "@opentelemetry/api");
  const fitting = VERSIONS[/^\d+\.\d+/.exec(api?.[2] ?? "")?.[0] ?? ""];
  return named.filter((entry) => entry !== api && !fitting?.test(entry[2] ?? "")).map(([text]) => text);
}

const installLines = ["README.md", ...markdownFiles("docs/guide")].flatMap((path) =>
  [...read(path).matchAll(/^npm install ai-spans .*$/gm)].map(([line]) => line),
);

test("no install line mixes the two lines of OpenTelemetry", () => {
  expect(installLines.length).toBeGreaterThan(9);
  expect(installLines.filter((line) => strangersIn(line).length > 0)).toEqual([]);
  expect(installLines.filter((line) => !line.includes("@opentelemetry/api@"))).toEqual([]);
});

test("finds a package of the other line, and one without a version", () => {
  const line = "npm install ai-spans @opentelemetry/api@1.9 @opentelemetry/core@3 @opentelemetry/resources";
  expect(strangersIn(line)).toEqual(["@opentelemetry/core@3", "@opentelemetry/resources"]);
});
