/**
 * `examine` in the process of the tests: what it returns, and that surroundings that fail cost a check at most.
 *
 * Holds: doctor-finds, doctor-no-content, containment.
 */
import { examine, formatReport } from "ai-spans/doctor";
import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test, vi } from "vitest";
import { wrapAISDK } from "ai-spans";
import { checks } from "../../src/doctor/checks.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { findingIds, unknowns } from "./finding-ids.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const answer = { parts: [{ text: "ANSWER-91cd3e" }], usage: { input: 3, output: 2 } };

describe.each(majors)("on $name", (major) => {
  test("returns all checks and the counts of spans since the import", async () => {
    setupTelemetry();
    const before = await examine();
    const { model } = scriptedModel(major, [answer]);
    await wrapAISDK(major.ai).generateText({ model, prompt: "PROMPT-7f3a91" });
    const report = await examine();
    expect(report.checks.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
    expect(report.checks.every(({ lookedAt }) => lookedAt.length > 10)).toBe(true);
    expect(report.spans.started - before.spans.started).toBe(2);
    expect(report.spans.ended - before.spans.ended).toBe(2);
    expect(report.wrappedCalls - before.wrappedCalls).toBe(1);
    expect(findingIds(report)).toEqual([]);
    const all = JSON.stringify(report) + formatReport(report);
    expect(all).not.toMatch(/PROMPT|ANSWER/);
  });
});

describe("surroundings that fail", () => {
  const failing = (): never => {
    throw new Error("SURROUNDINGS-SECRET");
  };
  const throwing = new Proxy(function replaced() {}, {
    get: failing,
    has: failing,
    ownKeys: failing,
    getOwnPropertyDescriptor: failing,
    getPrototypeOf: failing,
    apply: failing,
    construct: failing,
  });

  test.each([
    ["the registry of AI SDK 7", () => vi.stubGlobal("AI_SDK_TELEMETRY_INTEGRATIONS", [throwing, throwing])],
    ["Sentry's carrier", () => vi.stubGlobal("__SENTRY__", throwing)],
    [
      "Sentry's client",
      () =>
        vi.stubGlobal("__SENTRY__", {
          version: "11",
          "11": { defaultCurrentScope: { getClient: () => throwing } },
        }),
    ],
    [
      "the tracer provider",
      () => {
        trace.disable();
        // Fits the API by its proxy alone.
        trace.setGlobalTracerProvider({ getTracer: failing, getDelegate: failing } as never);
      },
    ],
    ["the process", () => vi.stubGlobal("process", throwing)],
  ])("cost a check at most: %s", async (_what, fail) => {
    setupTelemetry();
    fail();
    const report = await examine();
    vi.unstubAllGlobals();
    trace.disable();
    expect(report.checks).toHaveLength(checks.length);
    expect(JSON.stringify(report) + formatReport(report)).not.toContain("SECRET");
    expect(Object.values(unknowns(report))).not.toContain("the check itself has failed");
  });
});

describe.each(majors)("on $name, later", (major) => {
  test("a call through an exporter that throws is the same, and the report has its failure", async () => {
    setupTelemetry();
    class ThrowingExporter implements SpanExporter {
      readonly batches: number[] = [];
      export(spans: ReadableSpan[]): void {
        this.batches.push(spans.length);
        throw new RangeError("EXPORTER-SECRET");
      }
      async shutdown(): Promise<void> {}
    }
    const exporter = new ThrowingExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const { model } = scriptedModel(major, [answer]);
    const { generateText } = wrapAISDK(major.ai, { tracerProvider });
    const { text } = await generateText({ model, prompt: "PROMPT-7f3a91" });
    expect(text).toBe("ANSWER-91cd3e");
    expect(exporter.batches).toEqual([1, 1]);
    const report = await examine();
    expect(report.findings.find(({ id }) => id === "export-failing")?.details).toMatchObject({
      failures: [expect.stringMatching(/^RangeError \(\d+\)$/)],
      exporters: expect.arrayContaining(["ThrowingExporter"]),
    });
    expect(JSON.stringify(report)).not.toContain("EXPORTER-SECRET");
  });
});
