/**
 * The README and docs/guide/start.md show commands before any code, with the same install line, the same flag and the same
 * set-up of OpenTelemetry. The first program of the
 * guide runs. No install line of a page mixes the two lines of OpenTelemetry. `test/install` runs the install lines and
 * all programs of both pages.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { markdownFiles } from "../support/snippets.ts";
import { codeBlocks } from "../support/code-blocks.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The first block of a page that has code or commands. */
function firstBlock(page: string): string | undefined {
  return /^```\w+\n([\s\S]*?)^```/m.exec(page)?.[1];
}

/** The program that a page shows under this name. */
function programOf(name: string, page = "docs/guide/start.md"): string {
  return codeBlocks(read(page), `js ${name}`)[0] ?? "";
}

test("the first block of the README is the install and the viewer, that of the guide the install and the flag", () => {
  const [install, viewer] = firstBlock(read("README.md"))?.split("\n") ?? [];
  const [sameInstall, flag] = firstBlock(read("docs/guide/start.md"))?.split("\n") ?? [];
  expect(install).toMatch(/^npm install ai-spans /);
  expect(viewer).toMatch(/node --import ai-spans\/view app\.js$/);
  expect(sameInstall).toBe(install);
  expect(flag).toMatch(/node --import ai-spans\/register app\.js$/);
  expect(read("README.md")).toContain(`\`\`\`sh\n${flag}\n\`\`\``);
});

test("the README has the guide's set-up of OpenTelemetry, which sends the spans of a short program", () => {
  expect(programOf("telemetry.mjs")).toContain("sdk.shutdown()");
  expect(programOf("telemetry.mjs", "README.md")).toBe(programOf("telemetry.mjs"));
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
