/**
 * The wrapped module replaces the SDK's module, whatever shape the input has and however often it is wrapped.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { agentSpan, chatSpan } from "./expected-spans.ts";
import { readText, says } from "./script.ts";

class Namespace {
  readonly #ai: SDK;

  constructor(ai: SDK) {
    this.#ai = ai;
  }

  generateText(...parameters: Parameters<SDK["generateText"]>): ReturnType<SDK["generateText"]> {
    return this.#ai.generateText(...parameters);
  }

  streamText(...parameters: Parameters<SDK["streamText"]>): ReturnType<SDK["streamText"]> {
    return this.#ai.streamText(...parameters);
  }
}

type Operations = Pick<SDK, "generateText" | "streamText">;

const SHAPES: Readonly<Record<string, (ai: SDK) => Operations>> = {
  "a module namespace": (ai) => ai,
  "a plain object": (ai) => ({ ...ai }),
  "a frozen object": (ai) => Object.freeze({ ...ai }),
  "an object with some of the functions": ({ generateText, streamText }) => ({ generateText, streamText }),
  "an object without a prototype": (ai) => Object.assign(Object.create(null) as SDK, ai),
  "an object whose functions are on its prototype": (ai) => new Namespace(ai),
  "an object with getters": (ai) =>
    Object.defineProperties({} as Operations, {
      generateText: { enumerable: true, get: () => ai.generateText },
      streamText: { enumerable: true, get: () => ai.streamText },
    }),
};

const REWRAPPED: Readonly<Record<string, (ai: SDK) => SDK>> = {
  "wrapped twice": (ai) => wrapAISDK(wrapAISDK(ai)),
  "copied between two wraps": (ai) => wrapAISDK({ ...wrapAISDK(ai) }),
  "wrapped, with another wrap of it beside": (ai) => {
    wrapAISDK(ai);
    return wrapAISDK(ai);
  },
};

/** Calls `generateText` and `streamText`, each with one step. */
async function runBoth(sdk: Operations, major: Major): Promise<void> {
  const { model } = scriptedModel(major, [says("a room"), says("a room")]);
  const parameters = {
    model,
    prompt: "a room",
    ...major.telemetryOptions({ functionId: "booking-agent" }),
  };
  expect((await sdk.generateText(parameters)).text).toBe("a room");
  expect(await readText(major, sdk.streamText(parameters))).toBe("a room");
}

const both = [agentSpan({}, [chatSpan()]), agentSpan({}, [chatSpan({ streaming: true })])];

describe.each(majors)("on $name", (major) => {
  test.each(Object.entries(SHAPES))("traces the functions of %s", async (_name, shape) => {
    const telemetry = setupTelemetry();
    await runBoth(wrapAISDK(shape(major.ai)), major);
    await expectSpanTree(telemetry, both);
  });

  test.each(Object.entries(REWRAPPED))("traces once a module that is %s", async (_name, wrap) => {
    const telemetry = setupTelemetry();
    await runBoth(wrap(major.ai), major);
    await expectSpanTree(telemetry, both);
  });

  test("traces functions that the program took out of the wrapped module", async () => {
    const telemetry = setupTelemetry();
    const { generateText, streamText } = wrapAISDK(major.ai);
    await runBoth({ generateText, streamText }, major);
    await expectSpanTree(telemetry, both);
  });

  test("traces nothing of the original module", async () => {
    const telemetry = setupTelemetry();
    wrapAISDK(major.ai);
    await runBoth(major.ai, major);
    expect(telemetry.started).toEqual([]);
  });

  test("returns the same function at every read", () => {
    const wrapped = wrapAISDK(major.ai);
    expect(wrapped.streamText).toBe(wrapped.streamText);
    expect(wrapped.generateText).toBe(wrapped.generateText);
  });

  test("returns functions with the name and length of the SDK's", () => {
    const wrapped = wrapAISDK(major.ai);
    for (const operation of ["generateText", "streamText"] as const) {
      expect(wrapped[operation].name).toBe(major.ai[operation].name);
      expect(wrapped[operation].length).toBe(major.ai[operation].length);
    }
  });

  test("passes through every export that it does not trace", () => {
    const wrapped = wrapAISDK(major.ai);
    expect(wrapped.tool).toBe(major.ai.tool);
    expect(wrapped.Output).toBe(major.ai.Output);
    expect(wrapped.APICallError).toBe(major.ai.APICallError);
    expect(wrapped.jsonSchema).toBe(major.ai.jsonSchema);
  });

  test("has the keys of the SDK's module", () => {
    const wrapped = wrapAISDK(major.ai);
    expect(Object.keys(wrapped)).toEqual(Object.keys(major.ai));
    expect("streamText" in wrapped).toBe(true);
    expect("noSuchExport" in wrapped).toBe(false);
    expect((wrapped as unknown as Record<string, unknown>)["noSuchExport"]).toBeUndefined();
  });

  test("does not change the module that it wraps", () => {
    const namespace = { ...major.ai };
    const before = { ...namespace };
    wrapAISDK(namespace);
    expect(namespace).toEqual(before);
    expect(namespace.streamText).toBe(major.ai.streamText);
  });
});

test("traces under the default export of a module", async () => {
  const telemetry = setupTelemetry();
  const major = majors[0]!;
  const wrapped = wrapAISDK({ default: { ...major.ai } });
  await runBoth(wrapped.default, major);
  await expectSpanTree(telemetry, both);
});
