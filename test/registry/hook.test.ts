/**
 * Every provider that a test builds has the hook, and every configuration of the tests sets the hook up.
 *
 * Holds: conventions.
 */
import { readdirSync, readFileSync } from "node:fs";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";
import { checkSpans, takeFindings } from "./checked-telemetry.ts";
import { declareNames } from "./declared-names.ts";
import { excuseFindings } from "./excused.ts";
import { SCOPE } from "./finding.ts";

const ROOT = new URL("../../", import.meta.url);
const MADE_UP = "unknown attribute, handover, gen_ai.made.up: is not in the conventions";

function endSpan(provider = new BasicTracerProvider()): void {
  const attributes = { "gen_ai.made.up": 1 };
  provider.getTracer(SCOPE.name, SCOPE.version).startSpan("process", { attributes }).end();
}

describe("a finding", () => {
  test("comes from any tracer provider, and is returned once", async () => {
    endSpan();
    endSpan(new BasicTracerProvider({ spanProcessors: [] }));
    expect(await takeFindings()).toEqual([MADE_UP]);
    expect(await takeFindings()).toEqual([]);
  });

  test("comes from the provider of setupTelemetry", async () => {
    setupTelemetry();
    const attributes = { "gen_ai.made.up": 1 };
    trace.getTracer(SCOPE.name, SCOPE.version).startSpan("process", { attributes }).end();
    expect(await takeFindings()).toEqual([MADE_UP]);
  });

  test("comes from any meter provider, also from one that was shut down", async () => {
    const [open, closed] = [new MeterProvider(), new MeterProvider({ readers: [] })];
    open.getMeter(SCOPE.name, SCOPE.version).createCounter("open").add(1);
    closed.getMeter(SCOPE.name, SCOPE.version).createCounter("closed").add(1);
    await closed.shutdown();
    expect(await takeFindings()).toEqual([
      "metric, closed, closed: is not in the conventions",
      "metric, open, open: is not in the conventions",
    ]);
    await open.shutdown();
    expect(await takeFindings()).toEqual(["metric, open, open: is not in the conventions"]);
  });

  test("can be about the start of a span and about its parent", async () => {
    const tracer = new BasicTracerProvider().getTracer(SCOPE.name, SCOPE.version);
    const agent = { "gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": "c-42" };
    const parent = tracer.startSpan("invoke_agent", { attributes: agent });
    const start = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" };
    const child = tracer.startSpan(
      "execute_tool search",
      { attributes: start },
      trace.setSpan(ROOT_CONTEXT, parent),
    );
    child.setAttribute("gen_ai.tool.type", "function").end();
    parent.end();
    expect(await takeFindings()).toEqual([
      "condition, execute_tool, gen_ai.conversation.id: is undefined, not its agent's",
      "start, execute_tool, gen_ai.tool.type: was undefined at the start",
    ]);
  });

  test("comes from spans of other processes", async () => {
    checkSpans([
      {
        name: "process",
        kind: 0,
        status: { code: 0 },
        attributes: { "gen_ai.made.up": 1 },
        events: [],
        links: [],
        instrumentationScope: SCOPE,
      },
    ]);
    expect(await takeFindings()).toEqual([MADE_UP]);
  });

  test("can be excused, and names can be declared", async () => {
    excuseFindings([{ rule: "unknown attribute" }]);
    const attributes = { "gen_ai.made.up": 1 };
    const provider = new BasicTracerProvider();
    const span = provider.getTracer(SCOPE.name, SCOPE.version).startSpan("process", { attributes });
    excuseFindings([{ rule: "kind" }]);
    span.end();
    expect(await takeFindings()).toEqual([]);
    endSpan();
    expect(await takeFindings()).toEqual([MADE_UP]);
    declareNames({ attributes: ["gen_ai.made.up"] });
    endSpan();
    expect(await takeFindings()).toEqual([]);
  });
});

/** Skips node_modules, because it is large and the tests of neighbors write into it meanwhile. */
function sources(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sources(`${path}/`);
    return /\.[jt]s$/.test(path) ? [path] : [];
  });
}

const textOf = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

describe("the tests", () => {
  test("set the hook up in every configuration", () => {
    const configs = [...readdirSync(ROOT), ...sources("test/")].filter((path) =>
      /vitest\..*config\.ts$/.test(path),
    );
    const without = [...configs, "vitest.config.ts"].filter(
      (path) =>
        !/setupFiles: \["test\/registry\/hook\.ts"|\.\.\.suite\.test\b|separateSuite\(\{/.test(textOf(path)),
    );
    expect(configs.length).toBeGreaterThan(1);
    expect(without).toEqual([]);
  });

  test("build no provider of a package without the hook", () => {
    const others = [...sources("test/"), ...sources("examples/")].filter(
      (path) => !path.startsWith("test/registry/"),
    );
    const builds = others.filter((path) => /new (?!Proxy)\w*(Tracer|Meter)Provider\(/.test(textOf(path)));
    expect(builds.length).toBeGreaterThan(10);
    const hooked = /from "@opentelemetry\/sdk-(trace-base|metrics)"/;
    // These two programs run in their own processes. Spans of SDK 3 are checked where they arrive. For CommonJS the
    // test compares whole trees.
    expect(builds.filter((path) => !hooked.test(textOf(path))).toSorted()).toEqual([
      "test/runtime/commonjs/programs/telemetry.js",
      "test/runtime/opentelemetry-3/program.js",
    ]);
  });

  test("excuse findings only if they break telemetry, invent events, fail over or use older conventions", () => {
    const excused = sources("test/").filter((path) => /excuseFindings\(/.test(textOf(path)));
    expect(excused.toSorted()).toEqual([
      "test/adapter/differences.memory.test.ts",
      "test/adapter/fuzz.test.ts",
      "test/conformance/failover.test.ts",
      "test/console/conventions.test.ts",
      "test/exits/failing-spans.test.ts",
      "test/faults/excused-faults.ts",
      "test/registry/excused.ts",
      "test/registry/hook.test.ts",
      "test/semconv/versions.test.ts",
      "test/support/faulty-telemetry.ts",
      "test/view/conventions.test.ts",
    ]);
  });
});
