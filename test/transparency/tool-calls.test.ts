/**
 * Tool calls that nobody executes. With and without ai-spans, the program gets the same parts, results and messages,
 * and the same callbacks with the same arguments in the same order.
 *
 * Holds: same-program.
 */
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { callsTools, says } from "../conformance/script.ts";
import { majors, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

interface Scene {
  readonly steps?: readonly ScriptedStep[];
  /** Returns call parameters whose callbacks pass their arguments to `log`. */
  readonly parameters: (sdk: SDK, log: (entry: unknown) => void) => CallParameters;
}

/** Keys whose values differ from run to run: generated ids and times. */
const VOLATILE = new Set(["id", "approvalId", "timestamp", "callId", "performance"]);

function plain(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (VOLATILE.has(key)) return "volatile";
    return inner instanceof Error ? inner.name : inner;
  });
  return text ?? "undefined";
}

function roomTool(sdk: SDK, more: object = {}): object {
  const inputSchema = sdk.jsonSchema(
    { type: "object" },
    {
      validate: (value) =>
        JSON.stringify(value) === "{}"
          ? { success: true, value }
          : { success: false, error: new TypeError("no room") },
    },
  );
  return { ...sdk.tool({ description: "rooms", inputSchema, execute: async () => 2 }), ...more };
}

const bad = callsTools([
  { name: "searchRooms", id: "call-1", input: { city: 1 } },
  { name: "flyToMoon", id: "call-2" },
  { name: "searchRooms", id: "call-3" },
]);

const SCENES: Readonly<Record<string, Scene>> = {
  "calls that are invalid": {
    steps: [bad, says("two")],
    parameters: (sdk) => ({ tools: { searchRooms: roomTool(sdk) } }),
  },
  "calls that are repaired": {
    steps: [bad, says("two")],
    parameters: (sdk, log) => {
      const tools = { searchRooms: roomTool(sdk) };
      return {
        tools,
        experimental_repairToolCall: async (event: { toolCall: object; tools: object; error: Error }) => {
          log([event.toolCall, event.tools === tools, event.error.name]);
          return event.error.name === "AI_NoSuchToolError" ? null : { ...event.toolCall, input: "{}" };
        },
      };
    },
  },
  "observers of steps": {
    parameters: (sdk, log) => ({
      tools: { searchRooms: roomTool(sdk) },
      onStepFinish: async (step: { content: unknown }) => {
        log("step");
        await Promise.resolve();
        log(step.content);
      },
    }),
  },
  "an observer of steps that throws": {
    parameters: (sdk, log) => ({
      tools: { searchRooms: roomTool(sdk) },
      onStepFinish: () => {
        log("step");
        throw new RangeError("no");
      },
    }),
  },
  "a tool that asks whether it needs approval": {
    parameters: (sdk, log) => ({
      tools: {
        searchRooms: roomTool(sdk, {
          needsApproval(...args: unknown[]) {
            log(args);
            return true;
          },
        }),
      },
    }),
  },
  "a policy": {
    parameters: (sdk, log) => {
      const tools = { searchRooms: roomTool(sdk) };
      return {
        tools,
        toolApproval: async (event: { toolCall: unknown; tools: unknown; messages: unknown }) => {
          log([event.toolCall, event.tools === tools, event.messages]);
          return { type: "denied", reason: "full" };
        },
      };
    },
  },
  "a policy that throws": {
    parameters: (sdk) => ({
      tools: { searchRooms: roomTool(sdk) },
      toolApproval: () => {
        throw new RangeError("no");
      },
    }),
  },
  "frozen policies for each tool": {
    parameters: (sdk, log) => ({
      tools: { searchRooms: roomTool(sdk) },
      toolApproval: Object.freeze({
        searchRooms(this: unknown, ...args: unknown[]) {
          log([this === undefined, args]);
          return "approved";
        },
      }),
    }),
  },
};

/**
 * Returns callbacks and parts as separate lists, because single microtasks decide how they interleave
 * (docs/why/discoveries/streams-and-ticks.md).
 */
async function logOf(major: Major, sdk: SDK, scene: Scene, streaming: boolean): Promise<string[][]> {
  const [reported, inputs]: [string[], string[]] = [[], []];
  const { model, calls } = scriptedModel(
    major,
    scene.steps ?? [callsTools([{ name: "searchRooms", id: "call-1" }]), says("two")],
  );
  const parameters = {
    model,
    prompt: "a room",
    maxRetries: 0,
    stopWhen: major.stepCount(3),
    onError: ({ error }: { error: unknown }) => void reported.push(plain(error)),
    ...scene.parameters(major.ai, (entry) => void reported.push(plain(entry))),
  };
  try {
    if (streaming) for await (const part of sdk.streamText(parameters).fullStream) inputs.push(plain(part));
    else inputs.push(...(await sdk.generateText(parameters)).steps.map(plain));
  } catch (error) {
    inputs.push(plain(error));
  }
  return [reported, inputs, calls.map(({ prompt }) => plain(prompt))];
}

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

describe.each(majors)("on $name", (major) => {
  for (const [name, scene] of Object.entries(SCENES)) {
    for (const streaming of [false, true]) {
      test(`${streaming ? "streams" : "generates"} the same with ${name}`, async () => {
        const bare = await logOf(major, major.ai, scene, streaming);
        const traced = await logOf(major, wrapAISDK(major.ai), scene, streaming);
        expect(traced).toEqual(bare);
        expect(bare.at(1)?.length).toBeGreaterThan(0);
        expect(telemetry.started.length).toBeGreaterThan(1);
        expect(telemetry.diagnostics).toEqual([]);
      });
    }
  }
});
