/**
 * The recorder knows every span from its start on, and waits for ends without changing the clock.
 */
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createSpanRecorder, expectAllEnded, SpanAssertionError, spanTree } from "ai-spans/testing";
import { describe, expect, test, vi } from "vitest";
import { turn } from "../support/gate.ts";
import { createRecording, failureOf } from "./recorded.ts";

describe("createSpanRecorder", () => {
  test("knows what was started, what has ended, and what is open, in order", () => {
    const { recorder, start } = createRecording();
    const first = start("first");
    const second = start("second");
    expect(recorder.open).toEqual([first, second]);
    second.end();
    first.end();
    expect(recorder.started).toEqual([first, second]);
    expect(recorder.finished).toEqual([second, first]);
    expect(recorder.open).toEqual([]);
  });

  test("removes spans, and ignores the later ends of open ones", () => {
    const { recorder, start } = createRecording();
    const late = start("late");
    start("ended").end();
    recorder.reset();
    expect([recorder.started, recorder.finished, recorder.open]).toEqual([[], [], []]);
    late.end();
    expect(recorder.finished).toEqual([]);
  });

  test("gets no span that a sampler drops", () => {
    const recorder = createSpanRecorder();
    const provider = new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors: [recorder] });
    provider.getTracer("application").startSpan("dropped").end();
    expect(recorder.started).toEqual([]);
  });

  test("keeps what it has when its provider is flushed and shut down", async () => {
    const { recorder, provider, start } = createRecording();
    start("kept").end();
    await provider.forceFlush();
    await provider.shutdown();
    expect(recorder.finished).toHaveLength(1);
  });
});

describe("spanTree", () => {
  test("reads a recorder, its spans and those of an exporter alike", () => {
    const { recorder, exporter, start } = createRecording();
    const root = start("root", { attributes: { plan: "pro" } });
    start("child", { kind: 2 }, root).end();
    root.setStatus({ code: 2 }).end();
    const tree = spanTree(recorder);
    expect(tree).toEqual([
      {
        name: "root",
        kind: "INTERNAL",
        status: "ERROR",
        attributes: { plan: "pro" },
        children: [{ name: "child", kind: "CLIENT", status: "UNSET", attributes: {}, children: [] }],
      },
    ]);
    expect(spanTree(recorder.started)).toEqual(tree);
    expect(spanTree(exporter.getFinishedSpans())).toEqual(tree);
  });

  test("orders roots and children by their start, and makes a span a root if its parent is missing", () => {
    const { recorder, start } = createRecording();
    const root = start("root");
    start("started late", { startTime: new Date("2026-01-01T00:00:02Z") }, root).end();
    start("dated back", { startTime: new Date("2026-01-01T00:00:01Z") }, root).end();
    const names = (spans: Parameters<typeof spanTree>[0]): string[] =>
      spanTree(spans).map(({ name }) => name);
    expect(names(recorder.finished)).toEqual(["dated back", "started late"]);
    root.end();
    expect(spanTree(recorder)[0]?.children.map(({ name }) => name)).toEqual(["dated back", "started late"]);
  });

  test("reads the parent of a span of SDK 1", () => {
    const { recorder, start } = createRecording();
    const root = start("root");
    start("child", {}, root).end();
    root.end();
    const [parent, child] = recorder.started;
    if (!parent || !child) throw new Error("no spans");
    // SDK 1 has only the id of the parent.
    const ofSDK1 = Object.create(child, {
      parentSpanContext: { value: undefined },
      parentSpanId: { value: parent.spanContext().spanId },
    }) as typeof child;
    expect(spanTree([parent, ofSDK1])[0]?.children.map(({ name }) => name)).toEqual(["child"]);
  });
});

describe("expectAllEnded", () => {
  test("fails if no span was started, because then nothing was recorded", async () => {
    const { recorder } = createRecording();
    const failure = await failureOf(() => expectAllEnded(recorder, { timeoutMs: 0 }));
    expect(failure.message).toBe("expectAllEnded: no span was started: does a provider have the recorder?");
  });

  test("passes if all spans have ended", async () => {
    const { recorder, start } = createRecording();
    start("run").end();
    await expectAllEnded(recorder, { timeoutMs: 0 });
  });

  test("waits for ends by microtasks, turns of the event loop and timers", async () => {
    const { recorder, start } = createRecording();
    const spans = ["microtask", "turn", "timer"].map((name) => start(name));
    queueMicrotask(() => spans[0]?.end());
    void turn().then(() => spans[1]?.end());
    setTimeout(() => spans[2]?.end(), 5);
    await expectAllEnded(recorder);
    expect(recorder.finished).toHaveLength(3);
  });

  test("waits for a span that starts as the last one ends", async () => {
    const { recorder, start } = createRecording();
    const first = start("first");
    queueMicrotask(() => {
      first.end();
      const second = start("second");
      void turn().then(() => second.end());
    });
    await expectAllEnded(recorder);
    expect(recorder.finished.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  test("waits with fake timers too", async () => {
    vi.useFakeTimers();
    try {
      const { recorder, start } = createRecording();
      const span = start("run");
      setTimeout(() => span.end(), 60_000);
      const ended = expectAllEnded(recorder);
      await vi.advanceTimersByTimeAsync(60_000);
      await ended;
      start("left open");
      await expect(expectAllEnded(recorder, { timeoutMs: 5 })).rejects.toThrow("left open");
    } finally {
      vi.useRealTimers();
    }
  });

  test("stops waiting when the recorder is reset", async () => {
    const { recorder, start } = createRecording();
    start("open");
    const ended = expectAllEnded(recorder, { timeoutMs: 2_147_483_647 });
    recorder.reset();
    await ended;
  });

  test("names each span that has not ended, with its parents", async () => {
    const { recorder, start } = createRecording();
    const agent = start("invoke_agent booking-agent");
    start("chat gpt-4o", {}, agent).end();
    start("execute_tool searchRooms", {}, agent);
    const failure = await failureOf(() => expectAllEnded(recorder, { timeoutMs: 1 }));
    expect(failure).toBeInstanceOf(SpanAssertionError);
    expect(failure.message).toBe(
      [
        "expectAllEnded: 2 spans have not ended after 1 ms",
        "  invoke_agent booking-agent",
        "  invoke_agent booking-agent > execute_tool searchRooms",
      ].join("\n"),
    );
    agent.end();
    const single = await failureOf(() => expectAllEnded(recorder, { timeoutMs: 0 }));
    expect(single.message).toBe(
      "expectAllEnded: a span has not ended after 0 ms\n  invoke_agent booking-agent > execute_tool searchRooms",
    );
  });

  test.each([
    ["a list", [], {}, /recorder/],
    ["nothing", undefined, {}, /recorder/],
    ["a deadline that is no number", createSpanRecorder(), { timeoutMs: "1" }, /timeoutMs/],
    ["a deadline before now", createSpanRecorder(), { timeoutMs: -1 }, /timeoutMs/],
    ["a deadline that never comes", createSpanRecorder(), { timeoutMs: Infinity }, /timeoutMs/],
  ])("refuses %s", async (_name, recorder, options, named) => {
    // JavaScript callers can pass such values.
    const expectAnything = expectAllEnded as (...args: unknown[]) => Promise<void>;
    const refused = expectAnything(recorder, options);
    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(named);
  });
});
