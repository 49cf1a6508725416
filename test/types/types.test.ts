// Type-checks the consumer projects in this folder, one per AI SDK major, as a TypeScript user's build would.
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("./", import.meta.url));

/** Type-checks one project. `packageSource` replaces the package if it is passed. */
function problemsIn(project: string, packageSource?: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(`${folder}${project}/tsconfig.json`, {}, parseHost);
  if (config === undefined) throw new Error(`${project} has no tsconfig.json`);
  const replaced = packageSource === undefined ? {} : { paths: { "ai-spans": [folder + packageSource] } };
  const program = ts.createProgram(config.fileNames, { ...config.options, ...replaced });
  return [...config.errors, ...ts.getPreEmitDiagnostics(program)].map((problem) =>
    ts.formatDiagnostic(problem, formatHost).trim(),
  );
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => folder,
  getNewLine: () => "\n",
};
const parseHost: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (problem) => {
    throw new Error(ts.formatDiagnostic(problem, formatHost));
  },
};

describe("the public types", { timeout: 120_000 }, () => {
  it.each(["v5", "v6", "v7"])("keep every type of a program on AI SDK %s", (project) => {
    expect(problemsIn(project)).toEqual([]);
  });

  it("accept the documented options and refuse all others", () => {
    expect(problemsIn("options")).toEqual([]);
  });

  it.each(["v5", "v6", "v7"])("fail for a wrapper that loses the type parameters of AI SDK %s", (project) => {
    expect(problemsIn(project, "lossy/wrap.ts").join("\n")).toContain(`${project}/consumer.ts`);
  });
});
