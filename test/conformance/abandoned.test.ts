/**
 * Results that nobody reads, and streams that somebody opens and never reads. Their spans end at the idle deadline, and
 * ai-spans pulls no part that the SDK would not have pulled.
 *
 * The timers are replaced, so ten minutes pass at once. Everything else is real.
 */
// This import comes first: it must replace the clock before another module reads it.
import { clearTimers } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createGate, type Gate, settle, turns } from "../support/gate.ts";
import { majors, type Major, type SDK, type StreamResult } from "../support/majors.ts";
import { scriptedModel, type ScriptedPart } from "../support/scripted-model.ts";
import { expectSoundSpans } from "../support/sound-spans.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { agentSpan, chatSpan } from "./expected-spans.ts";
import { says } from "./script.ts";

const DEFAULT_DEADLINE_MS = 600_000;
const TURNS_TO_REST = 20;

async function rest(): Promise<void> {
  await turns(TURNS_TO_REST);
}

interface Started {
  readonly result: StreamResult;
  readonly gate: Gate;
  readonly counts: { readonly pulls: number; readonly cancels: number };
}

function start(major: Major, sdk: SDK, more: readonly ScriptedPart[] = [{ text: "room" }]): Started {
  const gate = createGate();
  const { model, counts } = scriptedModel(major, [says("", { parts: [{ text: "a " }, { gate }, ...more] })]);
  const result = sdk.streamText({
    model,
    prompt: "a room",
    ...major.telemetryOptions({ functionId: "booking-agent" }),
  });
  return { result, gate, counts };
}

const abandoned = agentSpan({ canceled: "abandoned" }, [
  chatSpan({ streaming: true, usage: null, finish: null, canceled: "abandoned" }),
]);
const read = agentSpan({}, [chatSpan({ streaming: true })]);

beforeEach(clearTimers);

describe.each(majors)("on $name", (major) => {
  test("ends the spans of a result that nobody reads after ten minutes, and pulls nothing", async () => {
    const telemetry = setupTelemetry();
    const { result, counts } = start(major, wrapAISDK(major.ai));
    const bare = start(major, major.ai);
    await rest();
    vi.advanceTimersByTime(DEFAULT_DEADLINE_MS - 1);
    expect(telemetry.open).toHaveLength(2);
    vi.advanceTimersByTime(2);
    await expectSpanTree(telemetry, abandoned);
    expect(counts).toEqual(bare.counts);
    expect(result).toBeTypeOf("object");
  });

  test("ends them at the caller's `idleDeadlineMs`", async () => {
    const telemetry = setupTelemetry();
    const { result } = start(major, wrapAISDK(major.ai, { idleDeadlineMs: 50 }));
    await rest();
    vi.advanceTimersByTime(51);
    await expectSpanTree(telemetry, abandoned);
    expect(result).toBeTypeOf("object");
  });

  test("ends the spans of a stream that was opened and never read", async () => {
    const telemetry = setupTelemetry();
    const more = Array.from({ length: 50 }, () => ({ text: "room " }));
    const { result, gate } = start(major, wrapAISDK(major.ai), more);
    const { textStream } = result;
    gate.open();
    await rest();
    // What the SDK reads ahead may count as activity once, so the run may last two deadlines.
    vi.advanceTimersByTime(2 * DEFAULT_DEADLINE_MS + 1);
    await settle(() => telemetry.open.length === 0);
    expect(telemetry.open).toEqual([]);
    const agent = telemetry.finished.find((span) => span.name.startsWith("invoke_agent"));
    // Meanwhile v5 and v6 read the model's stream to its end, and v7 does not. Only the run is the same.
    expect(agent?.attributes).toMatchObject({
      "ai_spans.canceled": true,
      "ai_spans.cancel.cause": "abandoned",
    });
    expectSoundSpans(telemetry);
    expect(textStream).toBeTypeOf("object");
  });

  test("waits for a provider that is slower than the deadline as long as somebody reads", async () => {
    const telemetry = setupTelemetry();
    const { result, gate } = start(major, wrapAISDK(major.ai));
    const reading = (async () => {
      for await (const _text of result.textStream);
    })();
    await gate.reached;
    await rest();
    vi.advanceTimersByTime(10 * DEFAULT_DEADLINE_MS);
    expect(telemetry.open).toHaveLength(2);
    gate.open();
    await reading;
    await expectSpanTree(telemetry, read);
  });

  test("ends a run whose other streams were opened and never read", async () => {
    const telemetry = setupTelemetry();
    const { result, gate } = start(major, wrapAISDK(major.ai));
    const { textStream, fullStream } = result;
    gate.open();
    for await (const _text of textStream);
    await rest();
    vi.advanceTimersByTime(DEFAULT_DEADLINE_MS + 1);
    await expectSpanTree(telemetry, read);
    expect(fullStream).toBeTypeOf("object");
  });

  test.each(["never", "opened and never"])("ends the spans of an object that is %s read", async (reading) => {
    const telemetry = setupTelemetry();
    // `streamObject` returns its result at once, not as a promise.
    const { streamObject } = wrapAISDK(major.ai) as unknown as {
      streamObject(parameters: object): { readonly partialObjectStream: ReadableStream<unknown> };
    };
    // Each part makes another partial object.
    const rooms = Array.from({ length: 20 }, () => ({ text: "7," }));
    const parts = [{ text: '{"rooms":[' }, ...rooms, { text: "8]}" }];
    const { model, counts } = scriptedModel(major, [says("", { parts })]);
    const result = streamObject({
      model,
      prompt: "a room",
      output: "no-schema",
      ...major.telemetryOptions({ functionId: "booking-agent" }),
    });
    const opened = reading === "never" ? undefined : result.partialObjectStream;
    await rest();
    const asked = counts.pulls;
    vi.advanceTimersByTime(2 * DEFAULT_DEADLINE_MS + 1);
    const json = { attributes: { "gen_ai.output.type": "json" } };
    await expectSpanTree(
      telemetry,
      agentSpan({ canceled: "abandoned", ...json }, [
        chatSpan({ streaming: true, usage: null, finish: null, canceled: "abandoned", ...json }),
      ]),
    );
    expect(counts.pulls).toBe(asked);
    expect(vi.getTimerCount()).toBe(0);
    expect(opened ?? result).toBeTypeOf("object");
  });

  test("leaves no timer behind", async () => {
    setupTelemetry();
    const { result, gate } = start(major, wrapAISDK(major.ai));
    gate.open();
    for await (const _text of result.textStream);
    await rest();
    expect(vi.getTimerCount()).toBe(0);
  });
});
