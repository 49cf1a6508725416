/**
 * A model that is given by its id comes from the default provider in the way in which the SDK would have asked for it,
 * whatever the provider is.
 */
import { afterEach, describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { onBoth, operationsOf } from "./known-differences/both.ts";

const ID = "room-model";

function setDefaultProvider(provider: object): void {
  Object.assign(globalThis, { AI_SDK_DEFAULT_PROVIDER: provider });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, "AI_SDK_DEFAULT_PROVIDER");
});

const VERSIONS: Readonly<Record<Major["name"], readonly (string | undefined)[]>> = {
  v5: [undefined],
  v6: [undefined, "v3"],
  v7: [undefined, "v3", "v4"],
};

describe.each(majors)("on $name", (major) => {
  const versions = VERSIONS[major.name].map((version) => ({ version }));

  test.each(versions)("a language model of a provider of version $version", async ({ version }) => {
    const run = async (sdk: SDK): Promise<unknown> => {
      const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("a room")]);
      const languageModel = (): object => model;
      setDefaultProvider({ languageModel, ...(version && { specificationVersion: version }) });
      const inputSchema = sdk.jsonSchema({ type: "object" });
      const result = await sdk.generateText({
        model: ID,
        prompt: "a room",
        tools: { searchRooms: { inputSchema, execute: () => 2 } },
        stopWhen: major.stepCount(5),
      });
      const { text, finishReason, steps } = result;
      return { text, finishReason, steps: steps.length, usage: Reflect.get(result, "usage") as unknown };
    };
    const { bare, wrapped, telemetry } = await onBoth(major, run);
    expect(wrapped).toEqual(bare);
    expect(operationsOf(telemetry)).toContain("chat");
  });

  // v6 is one of the known differences.
  const embedding = versions.filter(({ version }) => version !== undefined || major.name !== "v6");
  test.each(embedding)("an embedding model of a provider of version $version", async ({ version }) => {
    const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
      const asked: string[] = [];
      const answer = { embeddings: [[1]], usage: { tokens: 1 }, warnings: [] };
      const { model } = providerModel(major, { doEmbed: [{ answer }] }, { modelId: ID });
      const give = (factory: string) => (): object => {
        asked.push(factory);
        return model;
      };
      setDefaultProvider({
        embeddingModel: give("embeddingModel"),
        textEmbeddingModel: give("textEmbeddingModel"),
        ...(version && { specificationVersion: version }),
      });
      await operationOf(sdk, "embed")({ model: ID, value: "a room" });
      return asked;
    });
    expect(wrapped).toEqual(bare);
    expect(operationsOf(telemetry)).toEqual(["embeddings"]);
  });
});
