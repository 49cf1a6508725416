// The packed package exports, loads and mentions in its types exactly what is documented.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPackedPackage, printedJson, type PackedProject } from "./packed-project.ts";
import { reachableFrom, readSourceFolder, type SourceModule } from "./source-graph.ts";

const functionNames = ["createAISDKTelemetry", "withTurn", "wrapAISDK", "wrapAgent", "wrapTool"];
const typeNames = [
  "AISDKTelemetry",
  "ExecuteHookOptions",
  "SemconvVersion",
  "TurnAttributes",
  "TracingOptions",
];
const mcpFunctionNames = ["wrapMCPServer", "wrapMCPTransport"];
const propagationNames = [
  "carrierFor",
  "carriers",
  "carriersIn",
  "createBaggageSpanProcessor",
  "displayName",
  "forwardOrigin",
  "injectContext",
  "withLinkedTrace",
  "withProducerSpan",
  "withRemoteContext",
  "wrapDurableObjectNamespace",
  "wrapRpcClass",
  "wrapStub",
];

/** The functions and types of each other entry. */
const subEntries = {
  instrumentation: [
    ["AISDKInstrumentation"],
    ["AISDKInstrumentationConfig", "SemconvVersion", "TracingOptions"],
  ],
  register: [[], []],
  cloudflare: [
    ["createAISDKTelemetry", "wrapAISDK"],
    ["AISDKTelemetry", "CloudflareOptions", "ExecuteHookOptions"],
  ],
  doctor: [
    ["examine", "formatReport"],
    ["CheckResult", "Finding", "FindingDetails", "FindingId", "Report", "SpanCounts"],
  ],
  console: [
    ["createTreeExporter"],
    ["ExportedSpan", "PrintResult", "TextStream", "TreeExporter", "TreeExporterOptions"],
  ],
  serverless: [
    ["createServerlessSpanProcessor", "endOpenRuns", "flushAfter", "flushHandler"],
    [
      "BatchSpanProcessorClass",
      "EndOpenRunsOptions",
      "FlushOptions",
      "Flushable",
      "ServerlessSpanProcessor",
      "ServerlessSpanProcessorOptions",
      "WaitUntil",
      "WaitUntilOwner",
    ],
  ],
  testing: [
    [
      "SpanAssertionError",
      "createSpanRecorder",
      "expectAllEnded",
      "expectNoContent",
      "expectSpanTree",
      "formatSpanTree",
      "spanTree",
    ],
    [
      "AsymmetricMatcher",
      "AttributeHolder",
      "ExpectedSpan",
      "FailedComparison",
      "RecordedSpan",
      "SpanKindName",
      "SpanNode",
      "SpanRecorder",
      "SpanSource",
      "SpanStatusName",
      "TreeOptions",
      "WaitOptions",
    ],
  ],
  view: [
    ["createViewer", "renderTrace"],
    ["ListenOptions", "ViewedSpan", "Viewer", "ViewerOptions", "ViewerSpanProcessor"],
  ],
} as const;

let project: PackedProject;
beforeAll(async () => {
  project = await installPackedPackage();
  project.install("@opentelemetry/instrumentation");
}, 120_000);
afterAll(() => project?.remove());

const dist = (suffix: string): SourceModule[] =>
  readSourceFolder(join(project.packageFolder, "dist/"), suffix);
const read = (path: string): string => readFileSync(join(project.packageFolder, path), "utf8");

function packagesImported(modules: readonly SourceModule[]): string[] {
  const bare = modules.flatMap(({ imports }) => imports).filter(({ isOurs }) => !isOurs);
  return [...new Set(bare.map(({ target }) => target))];
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
}

describe("the packed package", () => {
  it("holds the build, the pages, what operates a service, the licenses and the manifest, nothing else", () => {
    const others = project.files.filter(
      (path) => !/^dist\/[\w.-]+\.(js|cjs|d\.ts|d\.cts)$|^docs\/[\w/-]+\.(md|png)$/.test(path),
    );
    expect(others.toSorted()).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "THIRD-PARTY-LICENSES.txt",
      "VERSIONING.md",
      "operate/README.md",
      "operate/collector/agent.yaml",
      "operate/collector/gateway.yaml",
      "operate/collector/load-balancing.yaml",
      "operate/collector/one-service.yaml",
      "operate/collector/tail-sampling.yaml",
      "operate/dashboard.json",
      "operate/prometheus-rules.test.yml",
      "operate/prometheus-rules.yml",
      "package.json",
    ]);
  });

  it("holds every page and every picture that the readme links to", () => {
    const links = Array.from(
      read("README.md").matchAll(/(?:\]\(|src(?:set)?=")([^)"#\s]+)/g),
      ([, link = ""]) => link,
    );
    const pages = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.filter((page) => !existsSync(join(project.packageFolder, page)))).toEqual([]);
  });

  it("exports exactly the documented functions under plain node", async () => {
    const program = 'import * as entry from "ai-spans"; console.log(JSON.stringify(Object.keys(entry)));';
    expect(await printedJson(project.folder, program, "module")).toEqual(functionNames);
  });

  it("exports exactly the documented functions for MCP", async () => {
    const program = 'import * as entry from "ai-spans/mcp"; console.log(JSON.stringify(Object.keys(entry)));';
    expect(await printedJson(project.folder, program, "module")).toEqual(mcpFunctionNames);
  });

  it("exports the same functions to require()", async () => {
    const program = 'console.log(JSON.stringify(Object.keys(require("ai-spans")).sort()));';
    const names = (await printedJson(project.folder, program, "commonjs")) as string[];
    expect(names.filter((name) => name !== "__esModule")).toEqual(functionNames);
  });

  it.each(Object.entries(subEntries))(
    "exports exactly the documented functions of %s",
    async (entry, [functions]) => {
      const program = `import * as entry from "ai-spans/${entry}"; console.log(JSON.stringify(Object.keys(entry)));`;
      expect(await printedJson(project.folder, program, "module")).toEqual(functions);
    },
  );

  it.each([
    ["index", functionNames, typeNames] as const,
    ...Object.entries(subEntries).map(([entry, names]) => [entry, ...names] as const),
  ])("exports exactly the documented types of %s", (entry, functions, types) => {
    const path = `ai-spans/dist/${entry}.d.ts`;
    const program = ts.createProgram([join(project.packageFolder, `dist/${entry}.d.ts`)], { noLib: true });
    const checker = program.getTypeChecker();
    const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(path));
    const symbol = file && checker.getSymbolAtLocation(file);
    const names = symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : [];
    expect(names.toSorted()).toEqual([...functions, ...types].toSorted());
  });

  it("names every export in its guide or reference", () => {
    const pages = ["guide/start", "guide/agents", "reference/options"].map((page) =>
      readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), "utf8"),
    );
    const names = [...functionNames, ...mcpFunctionNames, ...typeNames];
    expect(names.filter((name) => !pages.some((page) => page.includes(name)))).toEqual([]);
  });

  it("loads nothing but its own files and the OpenTelemetry API", () => {
    const modules = dist(".js");
    const reached = reachableFrom(
      ["index.js", "mcp.js", "serverless.js", "cloudflare.js", "console.js", "doctor.js"],
      modules,
    );
    expect(packagesImported(modules.filter(({ path }) => reached.has(path)))).toEqual(["@opentelemetry/api"]);
  });

  it("loads the AI SDK for ./ai alone, by a name that no alias of `ai` catches", () => {
    const modules = dist(".js");
    const reached = reachableFrom(["ai.js"], modules);
    const packages = packagesImported(modules.filter(({ path }) => reached.has(path)));
    expect(packages.toSorted()).toEqual(["#ai-spans/sdk", "@opentelemetry/api"]);
    expect(JSON.parse(read("package.json")).imports).toEqual({ "#ai-spans/sdk": "ai" });
    expect(read("dist/ai.cjs")).not.toContain('"ai"');
  });

  it("loads the base class of instrumentations for ./instrumentation alone", () => {
    const modules = dist(".js");
    const packagesOf = (entry: string): string[] => {
      const reached = reachableFrom([`${entry}.js`], modules);
      return packagesImported(modules.filter(({ path }) => reached.has(path))).toSorted();
    };
    expect(packagesOf("instrumentation")).toEqual(["@opentelemetry/api", "@opentelemetry/instrumentation"]);
    expect(packagesOf("register")).toEqual(["@opentelemetry/api"]);
    expect(packagesOf("view")).toEqual(["@opentelemetry/api"]);
  });

  it("names every export of ./instrumentation in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/start.md", import.meta.url), "utf8");
    expect(
      ["AISDKInstrumentation", "AISDKInstrumentationConfig"].filter((name) => !guide.includes(name)),
    ).toEqual([]);
  });

  it("names every export of ./view in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/view.md", import.meta.url), "utf8");
    expect(subEntries.view[0].filter((name) => !guide.includes(name))).toEqual([]);
  });

  it("loads nothing at all for ./testing", () => {
    const modules = dist(".js");
    const reached = reachableFrom(["testing.js"], modules);
    expect(reached.size).toBeGreaterThan(0);
    expect(packagesImported(modules.filter(({ path }) => reached.has(path)))).toEqual([]);
  });

  it("names every function of ./testing in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/testing.md", import.meta.url), "utf8");
    expect(subEntries.testing[0].filter((name) => !guide.includes(name))).toEqual([]);
  });

  it("names every function of ./doctor in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/doctor.md", import.meta.url), "utf8");
    expect(subEntries.doctor[0].filter((name) => !guide.includes(name))).toEqual([]);
  });

  it("has side effects in ./doctor, ./register and ./view alone, which begin to observe", () => {
    const { sideEffects } = JSON.parse(read("package.json")) as { sideEffects: unknown };
    const entries = ["doctor", "register", "view"];
    expect(sideEffects).toEqual(entries.flatMap((name) => [`./dist/${name}.cjs`, `./dist/${name}.js`]));
  });

  it("ends runs of the ES module by ./serverless as a CommonJS module, also in a bundle", async () => {
    for (const name of ["@opentelemetry/sdk-trace-base", "ai"]) project.install(name);
    const program = `
      import { createRequire } from "node:module";
      import { InMemorySpanExporter, BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
      import { wrapTool } from "ai-spans";
      const exporter = new InMemorySpanExporter();
      const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      const start = (name) =>
        void wrapTool(name, { execute: () => new Promise(() => {}) }, { tracerProvider }).execute({}, {});
      const causes = () => exporter.getFinishedSpans().map((span) => span.attributes["ai_spans.cancel.cause"]);`;
    const required = `${program}
      const { endOpenRuns } = createRequire(import.meta.url)("ai-spans/serverless");
      start("searchRooms");
      await endOpenRuns();
      console.log(JSON.stringify(causes()));`;
    expect(await printedJson(project.folder, required, "module")).toEqual(["shutdown"]);

    const { outputFiles } = await build({
      stdin: {
        contents: `${program}
          import { endOpenRuns } from "ai-spans/serverless";
          start("searchRooms");
          await endOpenRuns();
          console.log(JSON.stringify(causes()));`,
        resolveDir: project.folder,
      },
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      external: ["@opentelemetry/*"],
    });
    expect(await printedJson(project.folder, outputFiles[0]?.text ?? "", "module")).toEqual(["shutdown"]);
  });

  it("names every function and option of ./console in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/console.md", import.meta.url), "utf8");
    const names = [...subEntries.console[0], "stream", "color", "width", "namespace"];
    expect(names.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
  });

  it("holds no file that no entry loads", () => {
    const modules = dist(".js");
    const entries = ["index", "ai", "mcp", "propagation", ...Object.keys(subEntries)].map(
      (entry) => `${entry}.js`,
    );
    const reached = reachableFrom(entries, modules);
    expect(modules.map(({ path }) => path).toSorted()).toEqual([...reached].toSorted());
  });

  it("loads the W3C propagators, and nothing of a runtime, for ./propagation alone", () => {
    const modules = dist(".js");
    const reached = reachableFrom(["propagation.js"], modules);
    const packages = packagesImported(modules.filter(({ path }) => reached.has(path)));
    expect(packages.toSorted()).toEqual(["@opentelemetry/api", "@opentelemetry/core"]);
  });

  it("exports exactly the documented functions of ./propagation, where @opentelemetry/core is installed", async () => {
    const program =
      'import * as entry from "ai-spans/propagation"; console.log(JSON.stringify(Object.keys(entry)));';
    await expect(printedJson(project.folder, program, "module")).rejects.toThrow("'@opentelemetry/core'");
    project.install("@opentelemetry/core");
    expect(await printedJson(project.folder, program, "module")).toEqual(propagationNames);
  });

  it("names every export of ./propagation in its guide", () => {
    const guide = readFileSync(new URL("../../docs/guide/boundaries.md", import.meta.url), "utf8");
    expect(propagationNames.filter((name) => !guide.includes(name))).toEqual([]);
  });

  it("mentions no AI SDK type and no Node type in its declarations", () => {
    const declarations = dist(".d.ts").filter(({ path }) => path !== "ai.d.ts");
    expect(declarations.length).toBeGreaterThan(0);
    const others = packagesImported(declarations).filter((name) => name !== "@opentelemetry/api");
    expect(others).toEqual(["@opentelemetry/instrumentation"]);
    for (const { path } of declarations) expect(parse(`dist/${path}`).typeReferenceDirectives).toEqual([]);
  });

  it("declares nothing as any", () => {
    const found: string[] = [];
    for (const { path } of dist(".d.ts")) {
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${path}: ${node.parent.getText()}`);
        ts.forEachChild(node, visit);
      };
      visit(parse(`dist/${path}`));
    }
    expect(found).toEqual([]);
  });

  it("type-checks in a strict project without Node types or skipLibCheck", () => {
    const names = ["index", "mcp", "propagation", ...Object.keys(subEntries)];
    const complaintsOf = (entries: readonly string[]): readonly ts.Diagnostic[] => {
      const roots = entries.map((entry) => join(project.packageFolder, `dist/${entry}.d.ts`));
      const program = ts.createProgram(roots, {
        strict: true,
        noEmit: true,
        types: [],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        exactOptionalPropertyTypes: true,
      });
      return ts.getPreEmitDiagnostics(program);
    };
    const messagesOf = (complaints: readonly ts.Diagnostic[]): unknown[] =>
      complaints.map(({ messageText }) => messageText);
    const withoutPackage = names.filter((entry) => entry !== "instrumentation");
    expect(messagesOf(complaintsOf(withoutPackage))).toEqual([]);
    // The types of the base class need those of Node.
    const complaints = complaintsOf(["instrumentation"]);
    const isTheirs = ({ file }: ts.Diagnostic): boolean =>
      file?.fileName.includes("/@opentelemetry/instrumentation/") === true;
    expect(messagesOf(complaints.filter((complaint) => !isTheirs(complaint)))).toEqual([]);
  }, 120_000);
});
