/**
 * Timers that a program's tests replace before the library is loaded, as Jest does with `fakeTimers.enableGlobally`: ours
 * are among them then. To turn them all comes to an end, whatever is waited for.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { says } from "../conformance/script.ts";
import { createGate, turn, type Gate } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import {
  majors,
  v7,
  type CallParameters,
  type Major,
  type SDK,
  type StreamResult,
} from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const IDLE_DEADLINE_MS = 10_000;
const OPTIONS = { idleDeadlineMs: IDLE_DEADLINE_MS };

let telemetry: Telemetry;
beforeEach(() => {
  clearTimers();
  telemetry = setupTelemetry();
});
afterEach(() => registerIntegrations());

type Way = (major: Major) => SDK;

const WAYS: readonly (readonly [name: string, major: Major, way: Way])[] = [
  ...majors.map(
    (major) => [`${major.name}, wrapped`, major, ({ ai }: Major) => wrapAISDK(ai, OPTIONS)] as const,
  ),
  [
    "v7, by the adapter",
    v7,
    ({ ai }) => {
      registerIntegrations(createAISDKTelemetry(OPTIONS));
      return ai;
    },
  ],
];

const shortAnswer = (gate: Gate): ScriptedStep =>
  says("", { parts: [{ text: "a " }, { text: "room" }, { gate }, { text: " in " }, { text: "Paris" }] });
/** More than the SDK reads ahead of a reader. */
const longAnswer = (gate: Gate): ScriptedStep =>
  says("", { parts: [{ text: "a " }, { gate }, ...Array.from({ length: 300 }, () => ({ text: "room " }))] });

function parametersOn(major: Major, step: ScriptedStep): CallParameters {
  return {
    model: scriptedModel(major, [step]).model,
    prompt: "a room",
    onError: () => {},
    ...major.telemetryOptions({ functionId: AGENT_NAME }),
  };
}

async function comeToRest(): Promise<void> {
  for (let count = 0; count < 30; count += 1) await turn();
}

const OPEN = [`invoke_agent ${AGENT_NAME}`, "chat mock-model"];
const openNames = (): string[] => telemetry.open.map(({ name }) => name);

describe.each(WAYS)("on %s", (_name, major, way) => {
  test("all can be turned at once while a reader waits for the model, which is read to its end then", async () => {
    const gate = createGate();
    const result: StreamResult = way(major).streamText(parametersOn(major, shortAnswer(gate)));
    const reading = result.text;
    void result.consumeStream();
    await gate.reached;
    await comeToRest();
    for (const _again of [1, 2]) {
      vi.runAllTimers();
      await comeToRest();
      expect(openNames()).toEqual(OPEN);
    }
    gate.open();
    expect(await reading).toBe("a room in Paris");
    await expectSpanTree(telemetry, agentSpan({}, [chatSpan({ streaming: true })]));
    expect(countTimers()).toBe(0);
  });

  test("a reader that stops after it has waited is noticed", async () => {
    const gate = createGate();
    const { textStream } = way(major).streamText(parametersOn(major, longAnswer(gate)));
    const reader = textStream.getReader();
    await reader.read();
    const next = reader.read();
    await gate.reached;
    await comeToRest();
    vi.runAllTimers();
    expect(openNames()).toEqual(OPEN);
    gate.open();
    await next;
    await comeToRest();
    // The first look finds that the reader has moved, or the model's stream where readers are not observed.
    await passMs(2 * IDLE_DEADLINE_MS);
    await comeToRest();
    const abandoned = { canceled: "abandoned" } as const;
    const cutOff = { ...abandoned, usage: null, finish: null };
    // v5 and v6 read the model's stream to its end by themselves.
    const expected =
      major.name === "v7"
        ? agentSpan(cutOff, [chatSpan({ ...cutOff, streaming: true })])
        : agentSpan(abandoned, [chatSpan({ streaming: true })]);
    await expectSpanTree(telemetry, expected);
    expect(countTimers()).toBe(0);
    expect(typeof reader).toBe("object");
  });
});

describe.each(majors)("on $name", (major) => {
  test("all can be turned, with what they lead to, while a reader waits for a model that never answers", async () => {
    const sdk = wrapAISDK(major.ai, OPTIONS);
    const reading = sdk.streamText(parametersOn(major, shortAnswer(createGate()))).consumeStream();
    await comeToRest();
    await vi.runAllTimersAsync();
    expect(openNames()).toEqual(OPEN);
    expect(reading).toBeInstanceOf(Promise);
  });

  test("all can be turned at once while the reader of an object waits for the model", async () => {
    const gate = createGate();
    const sdk = wrapAISDK(major.ai, OPTIONS);
    const streamObject = Reflect.get(sdk, "streamObject") as SDK["streamText"];
    const answer = says("", { parts: [{ text: "[1," }, { gate }, { text: "2]" }] });
    const result = streamObject({ ...parametersOn(major, answer), output: "no-schema" });
    const reader = result.fullStream.getReader();
    const reading = (async () => {
      while (!(await reader.read()).done);
    })();
    await gate.reached;
    await comeToRest();
    vi.runAllTimers();
    expect(openNames()).toEqual(OPEN);
    gate.open();
    await reading;
    await comeToRest();
    expect(openNames()).toEqual([]);
    expect(countTimers()).toBe(0);
  });
});
