/**
 * The packed package in CommonJS projects: under Jest, TypeScript, NestJS, ts-node, tsx and two bundlers, and its two
 * builds in one process. Each program runs in a process of its own and prints its spans.
 */
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackedPackage } from "../../package/packed-project.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import { completeSpan } from "../../support/span-tree.ts";
import { settings, sources } from "./typescript-projects.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = fileURLToPath(new URL("../../../", import.meta.url));

const ENTRIES = ["cloudflare", "console", "doctor", "index", "mcp", "propagation", "serverless", "testing"];
const EXPORTED = { exported: 1 };
const NO_CLASS = {
  error: "TypeError: createServerlessSpanProcessor: BatchSpanProcessor must be the class of your SDK",
};

/** A project without `"type"`, with the package and all packages that are installed beside this file. */
let project: string;
/** The same programs, without an OpenTelemetry SDK. */
let projectWithoutSdk: string;

beforeAll(async () => {
  const packed = await installPackedPackage();
  project = createProject(packed.packageFolder, readdirSync(join(here, "node_modules")));
  symlinkSync(join(repository, "node_modules/ai"), join(project, "node_modules/ai"));
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(project, name), text);
  for (const [name, value] of Object.entries(settings)) {
    writeFileSync(join(project, name), JSON.stringify(value));
  }
  projectWithoutSdk = createProject(packed.packageFolder, ["@opentelemetry/api"]);
  packed.remove();
});
afterAll(() => {
  for (const folder of [project, projectWithoutSdk]) rmSync(folder, { recursive: true, force: true });
});

/** @param packages the names of folders in `node_modules` beside this file */
function createProject(packageFolder: string, packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "ai-spans-commonjs-"));
  cpSync(join(here, "programs"), folder, { recursive: true });
  // A copy: behind a link it would not find the packages of this project.
  cpSync(packageFolder, join(folder, "node_modules/ai-spans"), { recursive: true });
  for (const name of packages) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(here, "node_modules", name), link);
  }
  return folder;
}

/** What a program under Node prints, run in the project without the environment of the test runner. */
async function output(...args: readonly string[]): Promise<string> {
  const options = { cwd: project, env: { PATH: process.env["PATH"] } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}\n${stdout.slice(0, 2_000)}`));
      else resolve(stdout);
    });
  });
}

async function printed(...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await output(...args));
}

/** What a program prints that runs the agent so many times. */
function runs(count: number): object {
  const repeat = <T>(values: readonly T[]): T[] => Array.from({ length: count }, () => values).flat();
  return {
    texts: repeat(["two rooms", "a room in Paris"]),
    reports: [],
    trees: repeat([loopTree, streamedTree].map(completeSpan)),
  };
}

describe("CommonJS projects", { timeout: 120_000 }, () => {
  test("a program requires the package", async () => {
    expect(await printed("with-require.js")).toEqual(runs(1));
  });

  test("each entry exports the same to require() as to import", async () => {
    const rows = (await printed("entries.js", ...ENTRIES)) as readonly EntryExports[];
    for (const { required, imported } of rows) expect(required).toEqual(imported);
    expect(rows.filter(({ required }) => required.length > 0).map(({ entry }) => entry)).toEqual(ENTRIES);
  });

  test("Jest runs at its defaults", async () => {
    const result = (await printed("node_modules/jest/bin/jest.js", "--json")) as JestResult;
    const titles = result.testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ status, title }) => `${status}: ${title}`),
    );
    expect(titles).toEqual([
      "passed: records the whole tree on AI SDK v5",
      "passed: records the whole tree on AI SDK v6",
      "passed: requires ai-spans",
      "passed: requires ai-spans/cloudflare",
      "passed: requires ai-spans/doctor",
      "passed: requires ai-spans/mcp",
      "passed: requires ai-spans/propagation",
      "passed: requires ai-spans/serverless",
      "passed: requires ai-spans/testing",
      "passed: finds the class of the installed OpenTelemetry SDK",
    ]);
  });

  test.each([
    ["entries.node16.json", ENTRIES],
    ["entries.node10.json", ENTRIES],
    ["consumer.node16.json", ["index", "testing"]],
    ["consumer.node10.json", ["index", "testing"]],
  ])("TypeScript checks %s against the types for CommonJS", async (settingsFile, entries) => {
    const tsc = "node_modules/typescript/bin/tsc";
    const files = (await output(tsc, "--project", settingsFile, "--listFiles")).split("\n");
    const names = files.filter((path) => path.includes("/ai-spans/dist/")).map((path) => basename(path));
    expect(names.filter((name) => !name.endsWith(".d.cts"))).toEqual([]);
    // A name with a hyphen holds what several entries share.
    const expected = entries.map((entry) => `${entry}.d.cts`);
    expect(names.filter((name) => !name.includes("-")).toSorted()).toEqual(expected);
  });

  test("NestJS answers over HTTP", async () => {
    await output("node_modules/typescript/bin/tsc", "--project", "nest.json");
    expect(await printed("nest-application.js")).toEqual(runs(2));
  });

  test("ts-node runs TypeScript", async () => {
    const tsNode = ["node_modules/ts-node/dist/bin.js", "--project", "consumer.node10.json"];
    expect(await printed(...tsNode, "consumer.ts")).toEqual(runs(1));
  });

  test("tsx runs TypeScript", async () => {
    expect(await printed("node_modules/tsx/dist/cli.mjs", "consumer.ts")).toEqual(runs(1));
  });

  describe.each(["esbuild", "webpack"])("%s", (bundler) => {
    beforeAll(async () => {
      const noReports = { reports: [] };
      const agents = ["with-require.js", "with-import.mjs"];
      expect(await printed("bundle.js", bundler, project, ...agents)).toEqual(noReports);
      // Where webpack bundles, it writes the path of a source into the bundle: no SDK may be found from there.
      const processors = ["processor-with-require.js", "processor-with-import.mjs"];
      expect(await printed("bundle.js", bundler, projectWithoutSdk, ...processors)).toEqual(noReports);
      cpSync(join(projectWithoutSdk, bundler), join(project, bundler), { recursive: true });
    });

    test.each(["with-require.cjs", "with-require.mjs", "with-import.cjs", "with-import.mjs"])(
      "bundles %s",
      async (name) => {
        expect(await printed(join(project, bundler, name))).toEqual(runs(1));
      },
    );

    describe.each(["processor-with-require", "processor-with-import"])("%s", (name) => {
      test("a CommonJS bundle finds an installed OpenTelemetry SDK", async () => {
        expect(await printed(join(project, bundler, `${name}.cjs`))).toEqual(EXPORTED);
      });

      test("an ES module bundle finds it, or asks for the class", async () => {
        const answer = await printed(join(project, bundler, `${name}.mjs`));
        expect([EXPORTED, NO_CLASS]).toContainEqual(answer);
      });

      test("a bundle that is no file finds it, or asks for the class", async () => {
        const text = readFileSync(join(project, bundler, `${name}.cjs`), "utf8");
        expect([EXPORTED, NO_CLASS]).toContainEqual(await printed("--eval", text));
      });

      test.each(["cjs", "mjs"])("without an SDK a bundle asks for the class: .%s", async (extension) => {
        const bundle = join(projectWithoutSdk, bundler, `${name}.${extension}`);
        expect(await printed(bundle)).toEqual(NO_CLASS);
      });
    });
  });

  test("both builds in one process trace a call once", async () => {
    expect(await printed("both-builds.js")).toEqual({ areTwo: true, ...runs(4) });
  });

  test("adapters of both builds in one process trace a call once", async () => {
    expect(await printed("both-adapters.js")).toEqual({ areTwo: true, ...runs(3) });
  });
});

interface EntryExports {
  readonly entry: string;
  readonly required: readonly string[];
  readonly imported: readonly string[];
}

interface JestResult {
  readonly testResults: ReadonlyArray<{
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly title: string }>;
  }>;
}
