/**
 * A program's tests replace the timers before they load ai-spans, as Jest does with `fakeTimers.enableGlobally`. So our
 * timers are fake ones too. A test that runs all timers must come to an end, whatever the program waits for.
 */
import { clearTimers, countTimers, passMs } from "../support/fake-clock.ts";
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { says } from "../conformance/script.ts";
import { createGate, type Gate, turns } from "../support/gate.ts";
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
/** An answer that is longer than what the SDK reads ahead of a reader. */
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
  await turns(30);
}

const OPEN = [`invoke_agent ${AGENT_NAME}`, "chat mock-model"];
const openNames = (): string[] => telemetry.open.map(({ name }) => name);

describe.each(WAYS)("on %s", (_name, major, way) => {
  test("all timers can run while a reader waits for the model; the stream is then read to its end", async () => {
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

  test("a run ends as abandoned when its reader waits for the model and then stops", async () => {
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
    // The first check of the idle deadline finds that the reader has moved (or the model's stream, if readers are not
    // observed). The second check ends the run.
    await passMs(2 * IDLE_DEADLINE_MS);
    await comeToRest();
    const abandoned = { canceled: "abandoned" } as const;
    const cutOff = { ...abandoned, usage: null, finish: null };
    // v5 and v6 themselves read the model's stream to its end.
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
  test("all timers can run, with the timers that they set, while a reader waits for a model that never answers", async () => {
    const sdk = wrapAISDK(major.ai, OPTIONS);
    const reading = sdk.streamText(parametersOn(major, shortAnswer(createGate()))).consumeStream();
    await comeToRest();
    await vi.runAllTimersAsync();
    expect(openNames()).toEqual(OPEN);
    expect(reading).toBeInstanceOf(Promise);
  });

  test("all timers can run while the reader of an object waits for the model", async () => {
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
