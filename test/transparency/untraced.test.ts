/**
 * If no span is recorded, the SDK gets the caller's arguments unchanged, and the caller gets the SDK's return value
 * unchanged.
 *
 * The namespace here is a recording stub, the only replacement of the SDK in this suite. Only the called function can
 * check that its parameters are the caller's object.
 *
 * Holds: unsampled-is-bare.
 */
import { trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { withTurn, wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { majors, type CallParameters } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

interface Recorded {
  readonly self: unknown;
  readonly args: readonly unknown[];
}

function recordingNamespace() {
  const calls: Recorded[] = [];
  const promise = Promise.resolve({ text: "a room" });
  const result = { textStream: new ReadableStream() };
  const namespace = {
    generateText(this: unknown, ...args: unknown[]) {
      calls.push({ self: this, args });
      return promise;
    },
    streamText(this: unknown, ...args: unknown[]) {
      calls.push({ self: this, args });
      return result;
    },
  };
  return { namespace, calls, promise, result };
}

/** Parameters that record which keys were read. */
function watchedParameters(): { parameters: CallParameters; read: Set<PropertyKey> } {
  const read = new Set<PropertyKey>();
  const parameters = new Proxy<CallParameters>(
    {
      model: { provider: "mock-provider", modelId: "mock-model" },
      prompt: "a room",
      messages: [],
      system: "be kind",
      tools: {},
      telemetry: { functionId: "booking-agent" },
    },
    {
      get: (target, key, receiver) => {
        read.add(key);
        return Reflect.get(target, key, receiver) as unknown;
      },
    },
  );
  return { parameters, read };
}

function isTransparent(): void {
  test("passes the caller's parameters object to the SDK and returns the SDK's promise", () => {
    const { namespace, calls, promise } = recordingNamespace();
    const parameters = Object.freeze({ model: "gpt-4o", prompt: "a room", tools: Object.freeze({}) });
    expect(wrapAISDK(namespace).generateText(parameters)).toBe(promise);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args).toHaveLength(1);
    expect(calls[0]?.args[0]).toBe(parameters);
  });

  test("passes the caller's parameters object to the SDK and returns the SDK's result", () => {
    const { namespace, calls, result } = recordingNamespace();
    const parameters = { model: "gpt-4o", prompt: "a room" };
    expect(wrapAISDK(namespace).streamText(parameters)).toBe(result);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args[0]).toBe(parameters);
  });

  test("does the same inside a turn", () => {
    const { namespace, calls, promise } = recordingNamespace();
    const parameters = { model: "gpt-4o", prompt: "a room" };
    const { generateText } = wrapAISDK(namespace);
    expect(withTurn({ userId: "u-7" }, () => generateText(parameters))).toBe(promise);
    expect(calls[0]?.args[0]).toBe(parameters);
  });

  test("passes on every argument and adds none", () => {
    const { namespace, calls } = recordingNamespace();
    const { streamText } = wrapAISDK(namespace);
    streamText();
    streamText(undefined);
    streamText({ model: "gpt-4o" }, "second");
    expect(calls.map(({ args }) => args)).toEqual([[], [undefined], [{ model: "gpt-4o" }, "second"]]);
  });

  test("reads no prompt, message, instruction or tool", () => {
    const { namespace } = recordingNamespace();
    const { parameters, read } = watchedParameters();
    wrapAISDK(namespace).streamText(parameters);
    expect(
      [...read].filter((key) => ["prompt", "messages", "system", "tools"].includes(String(key))),
    ).toEqual([]);
  });

  test("throws what the SDK throws", () => {
    const error = new RangeError("no");
    const namespace = {
      streamText: () => {
        throw error;
      },
    };
    const { streamText } = wrapAISDK(namespace);
    expect(() => streamText()).toThrow(error);
  });

  test.each(majors)("runs the unchanged SDK on $name", async (major) => {
    const sdk = wrapAISDK(major.ai);
    const script = [{ parts: [{ text: "a " }, { text: "room" }] }, { parts: [{ text: "a room" }] }];
    const { model } = scriptedModel(major, script);
    const result = sdk.streamText({ model, prompt: "a room" });
    expect(result.constructor).toBe(major.ai.streamText({ model, prompt: "a room" }).constructor);
    expect(await result.text).toBe("a room");
  });
}

describe("where no provider is registered", () => {
  isTransparent();

  test("leaves the global provider alone", () => {
    expect(trace.getTracer("application").startSpan("probe").isRecording()).toBe(false);
  });
});

describe("where the sampler drops the span", () => {
  let telemetry: Telemetry;

  beforeEach(() => {
    telemetry = setupTelemetry({ sampler: new AlwaysOffSampler() });
    return () => expect(telemetry.started).toEqual([]);
  });

  isTransparent();
});

describe("where the sampler drops the span and no context manager is registered", () => {
  beforeEach(() => {
    setupTelemetry({ sampler: new AlwaysOffSampler(), contextManager: false });
  });

  isTransparent();
});
