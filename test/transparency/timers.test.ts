/**
 * A program's tests use fake timers, and our timers are not among them. The test loads ai-spans before it replaces the
 * timers, as most tests do.
 */
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { says } from "../conformance/script.ts";
import { majors, type CallParameters, type SDK, type StreamResult } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const waiting = says("", { parts: [{ text: "a room" }], hangs: true });

type Use = (sdk: SDK, parameters: CallParameters) => unknown;

/** What is pending when the test runs its timers. */
const USES: Readonly<Record<string, Use>> = {
  "a result that nobody reads": (sdk, parameters) => sdk.streamText(parameters),
  "a stream that is read": (sdk, parameters) => void sdk.streamText(parameters).consumeStream(),
  "a stream that was opened and not read": (sdk, parameters) => sdk.streamText(parameters).textStream,
  "a stream that is read beside one that is not": (sdk, parameters) => {
    const result = sdk.streamText(parameters);
    const { textStream } = result;
    void result.consumeStream();
    return textStream;
  },
  "an object that is streamed": (sdk, parameters) => {
    const streamObject = Reflect.get(sdk, "streamObject") as (parameters: CallParameters) => StreamResult;
    const reader = streamObject({ ...parameters, output: "no-schema" }).fullStream.getReader();
    void reader.read();
    return reader;
  },
};

/** Keeps results and streams alive, because collection of dropped results has separate tests. */
const held: unknown[] = [];

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each(majors)("on $name", (major) => {
  test.each(Object.entries(USES))("sets no fake timer for %s", async (_what, use) => {
    const counts: number[][] = [];
    for (const sdk of [major.ai, wrapAISDK(major.ai)]) {
      vi.clearAllTimers();
      const { model } = scriptedModel(major, [waiting]);
      held.push(use(sdk, { model, prompt: "a room", onError: () => {} }));
      const atOnce = vi.getTimerCount();
      await vi.advanceTimersByTimeAsync(100);
      const later = vi.getTimerCount();
      // Fails if each timer sets the next one.
      await vi.runAllTimersAsync();
      counts.push([atOnce, later, vi.getTimerCount()]);
    }
    expect(counts[1]).toEqual(counts[0]);
    expect(telemetry.started.length).toBeGreaterThan(0);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("reads a stream while the program's microtasks stand still", async () => {
    vi.useFakeTimers({ toFake: ["queueMicrotask", "setTimeout", "setImmediate"] });
    const { model } = scriptedModel(major, [says("", { parts: [{ text: "a " }, { text: "room" }] })]);
    expect(await wrapAISDK(major.ai).streamText({ model, prompt: "a room" }).text).toBe("a room");
  });
});
