// The sources in src follow the table in `layers.ts`. Planted modules prove that each rule can fail.
//
// Holds: layers.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { withImportRules, withLayerTable } from "./layer-tables.ts";
import {
  entryLayer,
  importsOfEntries,
  layers,
  maximumLines,
  namelessNames,
  pageEntry,
  withoutPackages,
  type Layer,
} from "./layers.ts";
import {
  findCycle,
  parseModule,
  reachableFrom,
  readSourceFolder,
  type SourceModule,
} from "./source-graph.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const modules = readSourceFolder(`${root}src/`);
const entries = entryFiles(readFileSync(`${root}package.json`, "utf8"));

/** The sources behind package.json's exports: `./dist/name.js` is built from `name.ts`. */
function entryFiles(manifest: string): string[] {
  return [...manifest.matchAll(/"\.\/dist\/([a-z-]+)\.js"/g)].map(([, name]) => `${name}.ts`);
}

function layerOf(path: string): { name: string; layer: Omit<Layer, "at" | "holds"> } | undefined {
  if (entries.includes(path)) return { name: "entry", layer: entryLayer };
  const found = Object.entries(layers).find(([, { at }]) =>
    at.endsWith("/") ? path.startsWith(at) : path === at,
  );
  return found && { name: found[0], layer: found[1] };
}

function layeringViolations(sources: readonly SourceModule[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const own = layerOf(path);
    if (own === undefined) return [`${path} belongs to no layer`];
    return imports.flatMap(({ target, isOurs, isTypeOnly }) => {
      const name = isOurs ? (layerOf(target)?.name ?? target) : target;
      const isAllowed =
        (name === own.name && name !== "entry") ||
        own.layer.runtime.includes(name) ||
        importsOfEntries[path]?.includes(name) ||
        (isTypeOnly && own.layer.types.includes(name));
      return isAllowed ? [] : [`${path} imports ${target}${isTypeOnly ? " (types)" : ""}`];
    });
  });
}

function nameViolations(sources: readonly SourceModule[]): string[] {
  return sources
    .map(({ path }) => path)
    .filter((path) => {
      const parts = path.replace(/\.ts$/, "").split("/");
      return parts.some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part) || namelessNames.includes(part));
    });
}

describe("the layers of src", () => {
  it("import only what the table allows", () => {
    expect(layeringViolations(modules)).toEqual([]);
  });

  it("have no import cycle", () => {
    expect(findCycle(modules)).toBeUndefined();
  });

  it("hold no module that neither an entry nor the page reaches", () => {
    const reached = reachableFrom([...entries, pageEntry], modules);
    expect(modules.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it("hold no carrier and no propagation below the root entry", () => {
    const reached = [...reachableFrom(["index.ts"], modules)];
    expect(reached.filter((path) => /^(carriers|propagation)\b/.test(path))).toEqual([]);
  });

  it("let the testing entry reach only files that need no package", () => {
    const reached = [...reachableFrom(["testing.ts"], modules)].filter((path) =>
      path.startsWith("foundation/"),
    );
    expect(reached.toSorted()).toEqual(withoutPackages);
  });

  it("import no missing file", () => {
    const paths = new Set(modules.map(({ path }) => path));
    const missing = modules
      .flatMap(({ imports }) => imports)
      .filter(({ target, isOurs }) => isOurs && !paths.has(target));
    expect(missing).toEqual([]);
  });

  it("have a source for each entry that package.json exports", () => {
    expect(entries).toContain("index.ts");
    expect(modules.map(({ path }) => path)).toEqual(expect.arrayContaining(entries));
  });

  it(`hold no file over ${maximumLines} lines`, () => {
    const long = modules.filter(({ lineCount }) => lineCount > maximumLines);
    expect(long.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
  });

  it("name every file in kebab case after what it owns", () => {
    expect(nameViolations(modules)).toEqual([]);
  });
});

it("docs/why/design.md and the linter have the rules of the table", () => {
  const page = readFileSync(`${root}docs/why/design.md`, "utf8");
  const config = readFileSync(`${root}.oxlintrc.json`, "utf8");
  expect(page).toBe(withLayerTable(page));
  expect(config).toBe(withImportRules(config));
});

describe("the layering rules", () => {
  const planted: ReadonlyArray<readonly [path: string, code: string]> = [
    ["semconv/records.ts", 'import { SpanKind } from "@opentelemetry/api";'],
    ["semconv/records.ts", 'import { type SpanKind } from "@opentelemetry/api";'],
    ["semconv/records.ts", 'import { contain } from "../foundation/containment.ts";'],
    ["foundation/clock.ts", 'import { OK } from "../semconv/outcome.ts";'],
    ["readers/call.ts", 'import type { Span } from "@opentelemetry/api";'],
    ["streams/observe.ts", 'import type { SpanHandle } from "../spans/span-handle.ts";'],
    ["streams/observe.ts", 'import type { Span } from "@opentelemetry/api";'],
    ["spans/tracer.ts", 'export { observe } from "../streams/observe.ts";'],
    ["spans/tracer.ts", 'import { read } from "../readers/call.ts";'],
    ["wrap/model.ts", 'import { close } from "../adapter/call-state.ts";'],
    ["wrap/model.ts", 'import { trace } from "@opentelemetry/api";'],
    ["wrap/model.ts", 'import type { LanguageModel } from "ai";'],
    ["wrap/model.ts", 'type Model = import("ai").LanguageModel;'],
    ["wrap/model.ts", 'await import("node:async_hooks");'],
    ["wrap/model.ts", 'const hooks = require("async_hooks");'],
    ["wrap/model.ts", 'import { wrapAISDK } from "../index.ts";'],
    ["adapter/adapter.ts", 'import { proxy } from "../wrap/proxy.js";'],
    ["wrap/model.ts", 'import { record } from "../carriers/record.ts";'],
    ["spans/tracer.ts", 'import { injectContext } from "../propagation/remote-context.ts";'],
    ["streams/observe.ts", 'import type { CarrierPair } from "../carriers/carrier.ts";'],
    ["carriers/record.ts", 'import { CompositePropagator } from "@opentelemetry/core";'],
    ["propagation/rpc-class.ts", 'import { listen } from "../wrap/traced-work.ts";'],
    ["index.ts", 'import { trace } from "@opentelemetry/api";'],
    ["index.ts", 'export * from "#ai-spans/sdk";'],
    ["wrap/model.ts", 'import * as sdk from "#ai-spans/sdk";'],
    ["ai.ts", 'import * as sdk from "ai";'],
    ["drawer.ts", ""],
  ];

  it.each(planted)("refuse %s with `%s`", (path, code) => {
    expect(layeringViolations([parseModule(path, code)])).toHaveLength(1);
  });

  it("allow what the table lists", () => {
    const allowed = [
      parseModule("semconv/records.ts", 'import type { Attributes } from "@opentelemetry/api";'),
      parseModule("readers/call.ts", 'import type { ModelCall } from "../semconv/records.ts";'),
      parseModule(
        "spans/tracer.ts",
        'import { trace } from "@opentelemetry/api"; import { x } from "./context.ts";',
      ),
      parseModule(
        "wrap/model.ts",
        'import { contain } from "../foundation/containment.ts"; import type { Span } from "@opentelemetry/api";',
      ),
      parseModule("index.ts", 'export { wrapAISDK } from "./wrap/proxy.ts";'),
    ];
    expect(layeringViolations(allowed)).toEqual([]);
  });

  it("find a cycle that closes through a type import", () => {
    const cycle = findCycle([
      parseModule("wrap/a.ts", 'import { b } from "./b.ts";'),
      parseModule("wrap/b.ts", 'import type { A } from "./a.ts";'),
    ]);
    expect(cycle).toEqual(["wrap/a.ts", "wrap/b.ts", "wrap/a.ts"]);
  });

  it("refuse names like utils", () => {
    const named = ["wrap/utils.ts", "common/model.ts", "spans/spanHandle.ts", "wrap/model.ts"];
    expect(nameViolations(named.map((path) => parseModule(path, "")))).toEqual(named.slice(0, 3));
  });
});
