/**
 * `endOpenRuns` ends what is open in the process, once, as canceled with the cause `shutdown`, and then flushes. It never
 * throws, and a run that goes on afterwards adds no span.
 *
 * Holds: ends-when-stopped.
 */
import { metrics } from "@opentelemetry/api";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { endOpenRuns } from "ai-spans/serverless";
import { afterEach, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { comeToRest, ExitStage } from "../exits/exit-stage.ts";
import { expectSpans } from "../exits/expect-spans.ts";
import { createGate } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type Major } from "../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

vi.resetModules();
const second = await import("ai-spans");
const { endOpenRuns: endOpenRunsOfSecond } = await import("ai-spans/serverless");

afterEach(() => registerIntegrations());

const SHUTDOWN = { canceled: "shutdown" } as const;
const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const hanging = says("", { parts: [{ text: "a " }, { text: "room" }], hangs: true });
const hangingTree = agentSpan(SHUTDOWN, [
  chatSpan({ streaming: true, usage: null, finish: null, ...SHUTDOWN }),
]);

/** How a call comes to be traced. */
type Way = (major: Major, telemetry: Telemetry) => ExitStage;

const wrapped: Way = (major, telemetry) => new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
const wrappedBySecond: Way = (major, telemetry) =>
  new ExitStage(major, second.wrapAISDK(major.ai), telemetry, "streamText");
const adapted: Way = (major, telemetry) => {
  registerIntegrations(createAISDKTelemetry());
  return new ExitStage(major, major.ai, telemetry, "streamText");
};

const settings: readonly (readonly [string, Major, Way])[] = [
  ...majors.map((major) => [`the wrapper on ${major.name}`, major, wrapped] as const),
  ...majors.map((major) => [`the wrapper of another copy on ${major.name}`, major, wrappedBySecond] as const),
  ...(majors.includes(v7) ? [["the adapter", v7, adapted] as const] : []),
];

/** Records the flushes of a provider. */
function flushable(): { readonly flushed: string[][]; readonly provider: (spans: Telemetry) => object } {
  const flushed: string[][] = [];
  const provider = (telemetry: Telemetry): object => ({
    forceFlush: async () => void flushed.push(telemetry.open.map(({ name }) => name)),
  });
  return { flushed, provider };
}

describe.each(settings)("by %s", (_title, major, way) => {
  test("an open stream ends, then the providers are flushed, and the program's stream is untouched", async () => {
    const telemetry = setupTelemetry();
    const app = way(major, telemetry);
    const reader = app.streamText([hanging]).textStream.getReader();
    const read = [await reader.read(), await reader.read()].map(({ value }) => value);
    await comeToRest(app);
    const { flushed, provider } = flushable();
    await endOpenRuns({ provider: provider(telemetry) as never });
    // No span was open at the flush.
    expect(flushed).toEqual([[]]);
    expect(read).toEqual(["a ", "room"]);
    await endOpenRuns();
    await endOpenRunsOfSecond();
    await reader.cancel();
    await expectSpans(telemetry, hangingTree, { goesOn: true });
  });

  test("a loop that goes on after the end gives its result, and adds no span", async () => {
    const telemetry = setupTelemetry();
    const app = way(major, telemetry);
    const gate = createGate();
    const steps = [callsTool("searchRooms", "call-1"), callsTool("searchRooms", "call-2"), says("two rooms")];
    const result = app.generateText(
      steps,
      app.loop(async () => {
        await gate.pass();
        return 2;
      }),
    );
    await gate.reached;
    await endOpenRuns();
    const ended = [...telemetry.finished];
    gate.open();
    expect((await result).text).toBe("two rooms");
    expect(telemetry.finished).toEqual(ended);
    await expectSpans(
      telemetry,
      agentSpan({ ...SHUTDOWN, finish: "tool_call" }, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", SHUTDOWN),
      ]),
    );
  });

  test("a run that starts after the first call ends at the second", async () => {
    const telemetry = setupTelemetry();
    const app = way(major, telemetry);
    await endOpenRuns();
    const promise = app.generateText([{ ...says(""), hangs: true }]);
    await comeToRest(app);
    await endOpenRunsOfSecond();
    await expectSpans(
      telemetry,
      agentSpan({ ...SHUTDOWN, usage: null, finish: null }, [chatSpan({ ...UNANSWERED, ...SHUTDOWN })]),
    );
    expect(promise).toBeInstanceOf(Promise);
  });
});

describe("a failure", () => {
  test.each([
    ["an unknown option", { providers: [] }, "options of endOpenRuns: TypeError"],
    ["no provider", { provider: {} }, "options of endOpenRuns: TypeError"],
    ["no number", { timeoutMs: "soon" }, "options of endOpenRuns: TypeError"],
    [
      "a getter that throws",
      {
        get timeoutMs() {
          throw new RangeError("content");
        },
      },
      "options of endOpenRuns: RangeError",
    ],
  ])("of the options is reported, and the runs end: %s", async (_title, options, report) => {
    vi.resetModules();
    const copy = await import("ai-spans/serverless");
    const telemetry = setupTelemetry();
    const app = wrapped(v7, telemetry);
    app.streamText([hanging]);
    await comeToRest(app);
    await copy.endOpenRuns(options as never);
    expect(telemetry.open).toEqual([]);
    expect(telemetry.diagnostics).toEqual([`ai-spans: ${report}`]);
  });

  test("of a provider is reported, and the other one is flushed", async () => {
    const telemetry = setupTelemetry();
    const { flushed, provider } = flushable();
    const failing = {
      forceFlush: () => {
        throw new RangeError("content");
      },
    };
    await endOpenRuns({ provider: [failing, provider(telemetry) as never] });
    expect(flushed).toEqual([[]]);
    expect(telemetry.diagnostics).toEqual(["ai-spans: forceFlush: RangeError"]);
  });

  test("to answer ends the wait after the time in the options", async () => {
    const telemetry = setupTelemetry();
    await endOpenRuns({ provider: { forceFlush: () => new Promise(() => {}) }, timeoutMs: 10 });
    expect(telemetry.diagnostics).toEqual([
      expect.stringMatching(/^ai-spans: forceFlush has not finished after \d+ ms$/),
    ]);
  });
});

test("without options, the registered providers are flushed", async () => {
  setupTelemetry();
  let flushes = 0;
  metrics.setGlobalMeterProvider({
    getMeter: (name: string) => metrics.getMeter(name),
    forceFlush: async () => void (flushes += 1),
  } as never);
  try {
    await endOpenRuns();
  } finally {
    metrics.disable();
  }
  expect(flushes).toBe(1);
});
