/**
 * Ten thousand calls, which end in every possible way, leave nothing in the adapter: no call, no open span, no timer,
 * no memory.
 */
import { pendingTimers } from "../support/pending-timers.ts";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { forgetfulModel } from "../memory/forgetful-model.ts";
import { collectUntil, settledHeapBytes } from "../support/collection.ts";
import { turn } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { countingProcessor } from "../support/span-processor.ts";
import { v7, type CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";

const CALLS = 10_000;
const CALLS_TO_WARM_UP = 3_000;
const GROWTH_LIMIT = 1.05;
const AT_ONCE = 50;

afterEach(() => registerIntegrations());

const answer: ScriptedStep = { parts: [{ text: "a " }, { text: "room" }], usage: { input: 10, output: 5 } };
const hanging: ScriptedStep = { ...answer, hangs: true };
const failing: ScriptedStep = { parts: [{ text: "a " }, { error: new RangeError("no") }], finish: "error" };
const toolCall: ScriptedStep = {
  parts: [{ toolCall: { id: "call-1", name: "searchRooms" } }],
  finish: "tool-calls",
};

const spans = countingProcessor();
const adapter = createAISDKTelemetry({
  tracerProvider: new BasicTracerProvider({ spanProcessors: [spans] }),
});
const { ai } = v7;
const searchRooms = toolOf(ai);

function parametersOf(
  steps: readonly (ScriptedStep | undefined)[],
  more: CallParameters = {},
): CallParameters {
  const queue = steps.values();
  return {
    model: forgetfulModel(v7, () => queue.next().value),
    prompt: "a room in Paris",
    tools: { searchRooms },
    stopWhen: v7.stepCount(5),
    maxRetries: 0,
    onError: () => {},
    ...more,
  };
}

const perCall = { telemetry: { integrations: [adapter] } };

const ENDS: readonly (() => Promise<unknown>)[] = [
  () => ai.generateText(parametersOf([toolCall, answer])),
  () => ai.generateText(parametersOf([undefined])),
  () => ai.generateText(parametersOf([answer], perCall)),
  () => ai.streamText(parametersOf([toolCall, answer])).consumeStream(),
  () => ai.streamText(parametersOf([answer], perCall)).consumeStream(),
  () => ai.streamText(parametersOf([failing])).consumeStream(),
  () => ai.streamText(parametersOf([undefined])).consumeStream(),
  async () => {
    for await (const _text of ai.streamText(parametersOf([hanging])).textStream) break;
  },
  async () => {
    const reader = ai
      .streamText(parametersOf([answer], perCall))
      .toUIMessageStream()
      .getReader();
    await reader.read();
    await reader.cancel();
  },
  async () => {
    const controller = new AbortController();
    const aborted = parametersOf([hanging], { abortSignal: controller.signal });
    for await (const _text of ai.streamText(aborted).textStream) controller.abort();
  },
  async () => {
    // Nobody reads this stream, so its run ends only when the SDK's call is collected.
    ai.streamText(parametersOf([hanging]));
  },
  async () => {
    await ai
      .streamText(parametersOf([answer]))
      .fullStream.getReader()
      .read();
  },
];

/** Swallows a failure. An error whose stack nobody has read keeps everything on that stack alive. */
async function end(call: number): Promise<void> {
  try {
    await ENDS[call % ENDS.length]?.();
  } catch {
    // The failure is on the spans.
  }
}

async function serve(count: number): Promise<void> {
  for (let call = 0; call < count; call += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => end(call + index)));
    // The adapter removes calls in turns of the event loop. A real provider brings such turns, a scripted model does
    // not.
    await turn();
  }
  await collectUntil(() => spans.started === spans.ended && callCount() === 0);
}

describe("ten thousand calls leave nothing behind", () => {
  test("of an adapter that is registered twice", async () => {
    registerIntegrations(adapter, adapter);
    await serve(CALLS_TO_WARM_UP);
    const heapBytes = await settledHeapBytes();
    const timers = pendingTimers();
    const { started } = spans;
    await serve(CALLS);
    expect(spans.started - started, "spans").toBeGreaterThanOrEqual(2 * CALLS);
    expect(spans.ended, "spans ended of those started").toBe(spans.started);
    expect(callCount(), "calls held").toBe(0);
    expect(pendingTimers() - timers, "timers").toBe(0);
    expect((await settledHeapBytes()) / heapBytes, "growth of the heap").toBeLessThan(GROWTH_LIMIT);
  }, 240_000);
});

test("a copy of an adapter, which reads its functions once, holds no calls", async () => {
  await collectUntil(() => callCount() === 0);
  registerIntegrations({ ...adapter });
  for (let call = 0; call < 100; call++) await ai.generateText(parametersOf([toolCall, answer]));
  expect(callCount()).toBe(0);
  await ai.streamText(parametersOf([answer])).consumeStream();
  expect(callCount()).toBe(0);
});
