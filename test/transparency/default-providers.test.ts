/**
 * If the program names a model by its id, ai-spans asks the default provider as the SDK would, whatever kind of
 * provider it is.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { onBoth, operationsOf, setDefaultProvider } from "./known-differences/both.ts";

const ID = "room-model";

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

  test.each(["v5", "v6"].includes(major.name) ? [""] : [])(
    "an id for which the provider returns another id%s",
    async () => {
      const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
        const { model } = scriptedModel(major, [says("a room")]);
        setDefaultProvider({ languageModel: (id: string) => (id === ID ? "another" : model) });
        return (await sdk.generateText({ model: ID, prompt: "a room" })).text;
      });
      expect(wrapped).toBe(bare);
      expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
    },
  );

  test.each(["generateSpeech", "transcribe", "rerank"])("%s with an id", async (name) => {
    const outcome = async (sdk: SDK): Promise<string> => {
      const run = Reflect.get(sdk, `experimental_${name}`) ?? Reflect.get(sdk, name);
      const asked: string[] = [];
      const give = (factory: string) => (): undefined => void asked.push(factory);
      const factories = ["speechModel", "transcriptionModel", "rerankingModel"];
      setDefaultProvider(Object.fromEntries(factories.map((factory) => [factory, give(factory)])));
      if (typeof run !== "function") return "none";
      try {
        await run({
          model: ID,
          text: "a room",
          audio: new Uint8Array(1),
          query: "a",
          documents: ["a"],
          maxRetries: 0,
        });
      } catch {
        // The error does not matter here.
      }
      return asked.join();
    };
    setupTelemetry();
    const bare = await outcome(major.ai);
    expect(await outcome(wrapAISDK(major.ai))).toBe(bare);
  });

  test.each(versions)("an embedding model of a provider of version $version", async ({ version }) => {
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
