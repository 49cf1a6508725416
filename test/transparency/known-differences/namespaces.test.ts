/**
 * Differences that a program can notice in the wrapped module as an object. Rows of docs/why/transparency.md.
 */
import * as moduleV7 from "ai";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { majors, v7, type Major, type SDK } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { onBoth, outcomeOf } from "./both.ts";

async function roomBy(major: Major, sdk: Pick<SDK, "generateText">): Promise<string> {
  const { model } = scriptedModel(major, [says("a room")]);
  return (await sdk.generateText({ model, prompt: "a room" })).text;
}

describe.each(majors)("on $name", (major) => {
  test("the source text of a traced function is that of native code", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      await roomBy(major, sdk);
      return { traced: String(sdk.streamText), other: String(sdk.stepCountIs ?? sdk.tool) };
    });
    expect(bare.traced).toContain("streamText");
    expect(wrapped.traced).toBe("function () { [native code] }");
    expect(wrapped.other).toBe(bare.other);
  });

  test("what is written to a wrapped namespace does not reach the program's own object", async () => {
    const objects: SDK[] = [];
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      const object = { ...major.ai };
      objects.push(object);
      const sdkModule = sdk === major.ai ? object : wrapAISDK(object);
      const calls: string[] = [];
      const { generateText } = sdkModule;
      const patch: SDK["generateText"] = (parameters) => {
        calls.push("patch");
        return generateText(parameters);
      };
      Object.assign(sdkModule, { generateText: patch, extra: 1 });
      expect(sdkModule.generateText).toBe(patch);
      const texts = [await roomBy(major, sdkModule), await roomBy(major, object)];
      return { texts, calls: calls.length, keys: Object.keys(sdkModule), extra: "extra" in object };
    });
    expect(bare).toMatchObject({ texts: ["a room", "a room"], calls: 2, extra: true });
    expect(wrapped).toEqual({ ...bare, calls: 1, extra: false });
  });

  test("a method of a namespace that uses private members fails on the wrapped one", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      class Desk {
        readonly #rooms = 2;
        readonly generateText = major.ai.generateText;
        rooms(): number {
          return this.#rooms;
        }
        get size(): number {
          return this.#rooms;
        }
      }
      const desk = sdk === major.ai ? new Desk() : wrapAISDK(new Desk());
      return { text: await roomBy(major, desk), size: desk.size, rooms: outcomeOf(() => desk.rooms()) };
    });
    expect(bare).toEqual({ text: "a room", size: 2, rooms: "done" });
    // Getters and traced functions run on the original object.
    expect(wrapped).toMatchObject({ text: "a room", size: 2 });
    expect(wrapped.rooms).toMatch(/^TypeError: .*#rooms/);
  });
});

test("a write to a module namespace fails with other words", async () => {
  const { bare, wrapped } = await onBoth(v7, async (sdk) => {
    await roomBy(v7, sdk);
    const sdkModule: object = sdk === v7.ai ? moduleV7 : wrapAISDK(moduleV7);
    return [
      outcomeOf(() => Object.assign(sdkModule, { generateText: 1 })),
      outcomeOf(() => Object.assign(sdkModule, { extra: 1 })),
      outcomeOf(() => Object.defineProperty(sdkModule, "generateText", { value: 1 })),
      outcomeOf(() => Object.freeze(sdkModule)),
      outcomeOf(() => delete (sdkModule as Record<string, unknown>)["generateText"]),
    ];
  });
  const isRefused = (outcome: string): boolean => outcome.startsWith("TypeError: ");
  expect(wrapped.map(isRefused)).toEqual(bare.map(isRefused));
  expect(wrapped.every((outcome) => outcome.includes("on proxy"))).toBe(true);
  expect(bare.some((outcome) => outcome.includes("on proxy"))).toBe(false);
});
