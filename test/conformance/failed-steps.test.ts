/**
 * A model call fails in its stream, and the run goes on. The failed step keeps its chat span with its error and tokens.
 * The next step does not count as its retry.
 *
 * Holds: failed-steps.
 */
import * as aiV7 from "ai";
import * as aiFirst from "ai-v5-first";
import { describe, expect, test } from "vitest";
import { turn } from "../support/gate.ts";
import { v5, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedPart, type ScriptedStep } from "../support/scripted-model.ts";
import type { Telemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { outlineOf } from "../support/outline.ts";
import { callsTool, says } from "./script.ts";

class OverloadedError extends Error {
  override readonly name = "OverloadedError";
}

const error: ScriptedPart = { error: new OverloadedError("no") };
const call: ScriptedPart = { toolCall: { name: "searchRooms", id: "call-1" } };

/** Plays the steps, and returns the number of model calls and the telemetry. */
async function play(
  way: Way,
  steps: readonly ScriptedStep[],
  more: (sdk: SDK) => CallParameters,
): Promise<{ readonly calls: number; readonly telemetry: Telemetry }> {
  const { telemetry, result } = await compare(way, async (sdk) => {
    const { model, calls } = scriptedModel(way.major, steps);
    const parameters = {
      prompt: "a room",
      stopWhen: way.major.stepCount(5),
      onError: () => {},
      maxRetries: 2,
    };
    const types: string[] = [];
    const streamed = sdk.streamText({ model, ...parameters, ...more(sdk) });
    for await (const { type } of streamed.fullStream) types.push(type);
    return { types, calls: calls.length };
  });
  expect(telemetry.diagnostics).toEqual([]);
  expect(telemetry.started.every(({ attributes }) => attributes["ai_spans.retry.count"] === undefined)).toBe(
    true,
  );
  return { calls: result.calls, telemetry };
}

const first: Major = { ...v5, ai: aiFirst as unknown as SDK };
const ways: readonly Way[] = [...WAYS, { title: "the wrapper on 5.0.0", major: first, entry: "wrapper" }];

describe.each(ways)("$title", (way) => {
  test("an error in the stream after a tool call, while the tool runs", async () => {
    // Lets turns of the event loop pass before the error, so that the tool has begun, if the release runs it that
    // early.
    const slow: ScriptedPart = { gate: { reached: Promise.resolve(), open() {}, pass: () => turn() } };
    const failing = callsTool("searchRooms", "call-1", { parts: [call, slow, slow, slow, error] });
    const { calls, telemetry } = await play(way, [failing, says("two")], (sdk) => {
      return { tools: { searchRooms: toolOf(sdk) } };
    });
    expect(calls).toBe(2);
    expect(outlineOf(telemetry).match(/(invoke_agent|chat) \w+ \d+/g)).toEqual([
      "invoke_agent OverloadedError 10",
      "chat OverloadedError 5",
      "chat ok 5",
    ]);
  });
});

const later = WAYS.filter(({ major }) => major.name !== "v5");

describe.each(later)("$title", (way) => {
  const code = {
    type: "provider",
    id: "test.code",
    name: "code",
    args: {},
    isProviderExecuted: true,
    supportsDeferredResults: true,
  };
  const [part, result] = ["tool-call", "tool-result"].map((type) => ({
    verbatim: {
      type,
      toolCallId: "call-1",
      toolName: "code",
      providerExecuted: true,
      ...(type === "tool-call" ? { input: "{}" } : { result: { a: 1 } }),
    },
  }));

  const FAILURES: Readonly<Record<string, readonly [step: ScriptedStep, outcome: string]>> = {
    "an error in its stream": [callsTool("code", "call-1", { parts: [part!, error] }), "OverloadedError 5"],
    "an end without a finish part": [callsTool("code", "call-1", { parts: [part!], finish: null }), "_OTHER"],
  };

  test.each(Object.entries(FAILURES))(
    "a provider's tool whose result comes later, after %s",
    async (_what, row) => {
      const [failing, outcome] = row;
      const more = (sdk: SDK): CallParameters => {
        const schema = sdk.jsonSchema({ type: "object", properties: {} });
        return { tools: { code: { ...code, inputSchema: schema, outputSchema: schema } } };
      };
      const answer = says("two", { parts: [result!, { text: "two" }] });
      const { calls, telemetry } = await play(way, [failing, answer], more);
      expect(calls).toBe(2);
      expect(outlineOf(telemetry)).toMatch(
        new RegExp(
          `\\(chat ${outcome}, chat ok 5, execute_tool ok\\)|\\(chat ${outcome}, execute_tool ok, chat ok 5\\)`,
        ),
      );
    },
  );

  if (way.major.name !== "v7") return;
  test("a steering message after an error in the stream", async () => {
    let steer = (): void => {};
    const gate = { reached: Promise.resolve(), open() {}, pass: async () => steer() };
    const failing = says("one", { parts: [{ text: "one" }, { gate }, error] });
    const { calls, telemetry } = await play(way, [failing, says("two")], () => {
      const steering = aiV7.experimental_createSteering();
      steer = () => void steering.steer("use Paris");
      return { experimental_steering: steering };
    });
    expect(calls).toBe(2);
    expect(outlineOf(telemetry)).toMatch(/10 \(chat OverloadedError 5, chat ok 5\)$/);
  });
});
