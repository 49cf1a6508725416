/**
 * When a run is printed: as its root ends, in whatever batches its spans come. What never ends is bounded, and what was
 * printed or left out waits for nothing.
 *
 * Holds: printed-runs, misuse, containment.
 */
import { context, diag, DiagLogLevel, trace, TraceFlags } from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { createTreeExporter } from "ai-spans/console";
import { afterEach, describe, expect, test } from "vitest";
import { enabledContextManager } from "../support/context-manager.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { createPrinting } from "./printed.ts";
import { makeSpans, type TimedSpan } from "./timed-spans.ts";

const chat = (name: string): TimedSpan => ({ name, operation: "chat" });
const TITLE = "span      outcome  duration  time";
const BAR = "━";
const row = (name: string): string => `${name.padEnd(8)}  ok           0 ms  ${BAR}`;
const INCOMPLETE = "not the whole run: a span above these has not ended";

describe("a run is printed", () => {
  test("as its root ends, not before", () => {
    const printing = createPrinting();
    const root = makeSpans(printing, { name: "POST", isOpen: true, below: [chat("chat one")] });
    expect(printing.text()).toBe("");
    root.end(Date.UTC(2027, 2, 12));
    expect(printing.lines()).toEqual([
      "span          outcome  duration  time",
      `POST          ok           0 ms  ${BAR}`,
      `└── chat one  ok           0 ms  ${BAR}`,
    ]);
  });

  test("with its spans in order of their starts, whatever the order of their ends", () => {
    const printing = createPrinting();
    const ends = ["chat last", "chat first", "chat also last"];
    makeSpans(printing, {
      ...chat("run"),
      toMs: 20,
      below: ends.map((name) => ({ ...chat(name), fromMs: name === "chat first" ? 0 : 10, toMs: 20 })),
    });
    expect(printing.lines().map((line) => line.split(/\b {2}/)[0])).toEqual([
      "span",
      "run",
      "├── chat first",
      "├── chat last",
      "└── chat also last",
    ]);
  });

  test("where its parent is in another process", () => {
    const printing = createPrinting();
    const remote = {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    };
    const within = trace.setSpanContext(context.active(), remote);
    context.with(within, () => {
      const tracer = printing.provider.getTracer("application");
      tracer.startSpan("chat one", { attributes: { "gen_ai.operation.name": "chat" } }, within).end();
    });
    expect(printing.lines()).toHaveLength(2);
  });

  test("after the request that it answers, if it ends later", () => {
    const printing = createPrinting();
    const request = makeSpans(printing, { name: "POST", isOpen: true });
    const run = makeSpans(printing, { ...chat("chat one"), isOpen: true }, request);
    request.end();
    expect(printing.text()).toBe("");
    makeSpans(printing, { name: "GET" }, run);
    run.end(Date.UTC(2027, 2, 12));
    expect(printing.lines().map((line) => line.split("  ")[0])).toEqual(["span", "chat one", "└── GET"]);
  });

  test("once: a span of somebody else that ends later is left out", () => {
    const printing = createPrinting();
    const run = makeSpans(printing, chat("chat one"));
    makeSpans(printing, { name: "GET" }, run);
    expect(printing.lines()).toEqual([TITLE, row("chat one")]);
  });

  test("with a batch processor, in the batch that has the root", async () => {
    let printed = "";
    const exporter = createTreeExporter({ stream: { write: (text) => (printed += text) }, color: false });
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
    const [major] = majors;
    if (!major) throw new Error("no major is tested");
    const { generateText } = wrapAISDK(major.ai, { tracerProvider: provider });
    const { model } = scriptedModel(major, [{ parts: [{ text: "a room" }] }]);
    context.setGlobalContextManager(enabledContextManager());
    const root = provider.getTracer("application").startSpan("POST");
    await context.with(trace.setSpan(context.active(), root), async () =>
      generateText({ model, prompt: "a room?" }),
    );
    await provider.forceFlush();
    root.end();
    await provider.forceFlush();
    expect(printed.split("\n").map((line) => line.split(/\b {2}/)[0])).toEqual([
      "span",
      "POST",
      "└── invoke_agent",
      "    └── chat mock-model",
      "",
      "",
    ]);
    await provider.shutdown();
  });
});

describe("a root that never ends", () => {
  test("is printed without its end at shutdown", async () => {
    const printing = createPrinting();
    makeSpans(printing, {
      name: "main",
      isOpen: true,
      below: [chat("chat one"), chat("chat two"), { name: "GET" }],
    });
    expect(printing.text()).toBe("");
    await printing.provider.shutdown();
    expect(printing.lines()).toEqual([INCOMPLETE, TITLE, row("chat one"), row("chat two")]);
  });

  test("holds 10,000 spans at most: then the trace that waits longest is printed", () => {
    const printing = createPrinting();
    const main = makeSpans(printing, { name: "main", isOpen: true, below: [chat("chat one")] });
    const other = makeSpans(printing, { name: "other", isOpen: true });
    for (let count = 0; count < 9_999; count += 1) makeSpans(printing, { name: "GET" }, other);
    expect(printing.text()).toBe("");
    makeSpans(printing, { name: "GET" }, other);
    expect(printing.lines()).toEqual([INCOMPLETE, TITLE, row("chat one")]);
    // A span of the printed trace waits again for its root.
    makeSpans(printing, chat("chat two"), main);
    main.end();
    expect(printing.lines().map((line) => line.split("  ")[0])).toEqual([
      INCOMPLETE,
      "span",
      "chat one",
      "span",
      "main",
      "└── chat two",
    ]);
  });

  test("does not end at a span that is its own parent", async () => {
    const exporter = createTreeExporter({ stream: { write: () => {} } });
    const loop = { traceId: "1".repeat(32), spanId: "2".repeat(16) };
    const span = {
      name: "chat",
      status: { code: 0 },
      attributes: { "gen_ai.operation.name": "chat" },
      startTime: [0, 0] as const,
      duration: [0, 0] as const,
      parentSpanContext: loop,
      spanContext: () => loop,
    };
    const results: unknown[] = [];
    exporter.export([span], (result) => results.push(result));
    await exporter.shutdown();
    expect(results).toEqual([{ code: 0 }]);
  });
});

describe("a failure", () => {
  const reports: string[] = [];
  const report = (message: string): void => void reports.push(message);
  const ignore = (): void => {};
  afterEach(() => {
    diag.disable();
    reports.length = 0;
  });

  test("of the stream is reported and reaches nobody else", async () => {
    diag.setLogger(
      { error: ignore, warn: report, info: ignore, debug: ignore, verbose: ignore },
      DiagLogLevel.WARN,
    );
    const stream = {
      write: () => {
        throw new RangeError("the stream is closed");
      },
    };
    const exporter = createTreeExporter({ stream });
    const results: unknown[] = [];
    const observed = {
      export: (...[spans, done]: Parameters<typeof exporter.export>) =>
        exporter.export(spans, (result) => {
          results.push(result);
          done(result);
        }),
      shutdown: async () => exporter.shutdown(),
    };
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(observed)] });
    const tracer = provider.getTracer("application");
    tracer.startSpan("chat", { attributes: { "gen_ai.operation.name": "chat" } }).end();
    await provider.shutdown();
    expect(results).toEqual([{ code: 1, error: new Error("ai-spans: the tree was not printed") }]);
    expect(reports).toEqual(["ai-spans: tree exporter: RangeError"]);
  });
});

describe("a wrong option", () => {
  const stream = { write: () => {} };
  test.each([
    ["stream", { stream: {} }, 'option "stream" must have a write method'],
    ["color", { stream, color: "always" }, 'option "color" must be true or false'],
    ["width", { stream, width: 0 }, 'option "width" must be a number of columns, 1 or more'],
    ["width", { stream, width: "80" }, 'option "width" must be a number of columns, 1 or more'],
    ["namespace", { stream, namespace: "" }, 'option "namespace" must be the namespace of wrapAISDK'],
    [
      "colour",
      { stream, colour: true },
      'option "colour" is unknown (did you mean "color"?); known options: stream, color, width, namespace',
    ],
  ])("%s gets an error that says what to write", (_name, options, message) => {
    expect(() => createTreeExporter(options as object)).toThrow(
      new TypeError(`createTreeExporter: ${message}`),
    );
  });

  test("no error without options, because a process has a standard output", () => {
    expect(createTreeExporter()).toBeDefined();
  });
});

test("the namespace is the wrapper's", () => {
  const printing = createPrinting({ namespace: "acme" });
  makeSpans(printing, {
    ...chat("chat one"),
    attributes: { "acme.canceled": true, "acme.cancel.cause": "abort", "ai_spans.retry.count": 1 },
  });
  expect(printing.lines()[1]).toMatch(/^chat one {2}canceled abort {6}0 ms/);
});
