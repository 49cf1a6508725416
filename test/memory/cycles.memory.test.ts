/**
 * Objects of a run refer to its result, as closures of a request's handler do. ai-spans holds no such object longer
 * than the program does. So the result is collected if the bare SDK allows it, and its spans end.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { collectUntil } from "../support/collection.ts";
import { turns } from "../support/gate.ts";
import { majors, type CallParameters, type Major, type StreamResult } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { forgetfulModel } from "./forgetful-model.ts";

const toolCall: ScriptedStep = {
  parts: [{ toolCall: { id: "call-1", name: "searchRooms" } }],
  finish: "tool-calls",
};
const answer: ScriptedStep = { parts: [{ text: "a " }, { text: "room" }] };

/** What a request's handler has of its run. */
interface Turn {
  result?: StreamResult;
  readonly controller: AbortController;
  readonly steps: ScriptedStep[];
}

/** Parameters of which one refers to the result. */
const NAMERS: Readonly<Record<string, (major: Major, own: Turn) => CallParameters>> = {
  "a tool": (major, own) => ({
    tools: {
      searchRooms: {
        inputSchema: major.ai.jsonSchema({ type: "object", properties: {} }),
        execute: async () => (own.result ? 2 : 1),
      },
    },
  }),
  "a hook of a tool": (major, own) => ({
    tools: {
      searchRooms: {
        inputSchema: major.ai.jsonSchema({ type: "object", properties: {} }),
        onInputAvailable: () => void own.result,
        execute: async () => 2,
      },
    },
  }),
  "the model": (major, own) => ({
    model: forgetfulModel(major, () => (own.result ? own.steps.shift() : undefined)),
  }),
  "a callback": (_major, own) => ({ onFinish: () => void own.result, onStepFinish: () => void own.result }),
  "a prepared step": (_major, own) => ({ prepareStep: () => (own.result ? {} : undefined) }),
};

const READINGS: Readonly<Record<string, (own: Turn, result: StreamResult) => Promise<unknown>>> = {
  "is read": (_own, result) => result.consumeStream(),
  "is dropped unread": async () => {},
  "is dropped after one part": (_own, result) => result.fullStream.getReader().read(),
  "is left": async (_own, result) => {
    for await (const _text of result.textStream) break;
  },
  "is aborted": async ({ controller }, result) => {
    for await (const _part of result.fullStream) controller.abort();
  },
  "is sent, and not received": async (_own, result) => result.toTextStreamResponse().body?.cancel(),
};

/** Its own function, so that nothing on the caller's stack keeps the run's values alive. */
async function live(
  major: Major,
  isTraced: boolean,
  [name, read]: readonly [string, string],
): Promise<WeakRef<StreamResult>> {
  const sdk = isTraced ? wrapAISDK(major.ai) : major.ai;
  const steps = [toolCall, answer];
  const own: Turn = { controller: new AbortController(), steps };
  const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
  own.controller.signal.addEventListener("abort", () => void own.result);
  own.result = sdk.streamText({
    model: forgetfulModel(major, () => steps.shift()),
    prompt: "a room in Paris",
    tools: { searchRooms: { inputSchema, execute: async () => 2 } },
    stopWhen: major.stepCount(3),
    maxRetries: 0,
    onError: () => {},
    abortSignal: own.controller.signal,
    ...NAMERS[name]?.(major, own),
  });
  const { result } = own;
  await READINGS[read]?.(own, result);
  await turns(20);
  return new WeakRef(result);
}

for (const major of majors)
  describe(`a result that an object of its run refers to (${major.name})`, () => {
    const cases = Object.keys(NAMERS).flatMap((name) =>
      Object.keys(READINGS).map((read) => [name, read] as const),
    );
    test.each(cases)("%s refers to it; it %s", async (name, read) => {
      const bare = await live(major, false, [name, read]);
      await collectUntil(() => bare.deref() === undefined);
      const telemetry = setupTelemetry();
      const traced = await live(major, true, [name, read]);
      await collectUntil(() => traced.deref() === undefined && telemetry.open.length === 0);
      expect(telemetry.open.map((span) => span.name)).toEqual([]);
      expect(telemetry.started.length).toBeGreaterThan(0);
      expect(bare.deref() === undefined, "is collected without us").toBe(true);
      expect(traced.deref() === undefined, "is collected").toBe(true);
    });
  });
