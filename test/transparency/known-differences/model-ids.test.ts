/**
 * Differences that a program can notice when it passes the id of a model. ai-spans passes the model itself to the SDK.
 * Rows of docs/why/transparency.md.
 */
import { describe, expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { majors, type Major } from "../../support/majors.ts";
import { operationOf, providerModel } from "../../support/provider-model.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { onBoth, setDefaultProvider } from "./both.ts";

const ID = "room-model";

async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    return String(error);
  }
}

function embedder(major: Major, version: object = {}): object {
  const answer = { embeddings: [[1]], usage: { tokens: 1 }, warnings: [] };
  return providerModel(major, { doEmbed: [{ answer }] }, { modelId: ID, ...version }).model;
}

/** A provider whose factories all return the same model. */
function providerOf(major: Major, give: (factory: string) => unknown): object {
  const factories = ["languageModel", "embeddingModel", "textEmbeddingModel"];
  const asked = factories.map((factory) => [factory, () => give(factory)] as const);
  return Object.assign(major.mockProvider({}), Object.fromEntries(asked));
}

describe.each(majors)("on $name", (major) => {
  test("the model of an id has its version checked", async () => {
    const { bare, wrapped } = await onBoth(major, async (sdk) => {
      setDefaultProvider(providerOf(major, () => embedder(major, { specificationVersion: "v9" })));
      return outcomeOf(() => operationOf(sdk, "embed")({ model: ID, value: "a room" }));
    });
    expect(bare).toBe("done");
    expect(wrapped).toMatch(/^AI_UnsupportedModelVersionError: Unsupported model version v9/);
    // `generateText` checks a model by itself.
    const checked = await onBoth(major, async (sdk) => {
      const { model } = scriptedModel(major, [says("a room")], { modelId: ID });
      Object.assign(model, { specificationVersion: "v9" });
      setDefaultProvider(providerOf(major, () => model));
      return outcomeOf(() => sdk.generateText({ model: ID, prompt: "a room" }));
    });
    expect(checked.wrapped).toBe(checked.bare);
  });

  test("a provider that gives undefined or another id for an id fails with other words", async () => {
    for (const answer of [undefined, "another"]) {
      const { bare, wrapped } = await onBoth(major, async (sdk) => {
        setDefaultProvider(providerOf(major, () => answer));
        return outcomeOf(() => sdk.generateText({ model: ID, prompt: "a room" }));
      });
      expect(bare).toMatch(/^TypeError/);
      expect(wrapped).toMatch(/^AI_UnsupportedModelVersionError: Unsupported model version undefined/);
    }
  });

  test("a gateway in a plain copy of the module is asked for the model of an id", async () => {
    let asked = 0;
    const gateway = {
      languageModel: () => {
        asked += 1;
        return scriptedModel(major, [says("a room")], { modelId: ID }).model;
      },
    };
    const counts: number[] = [];
    await onBoth({ ...major, ai: Object.assign({ ...major.ai }, { gateway }) }, async (sdk) => {
      asked = 0;
      // The call is aborted, so the SDK's gateway sends no request.
      const abortSignal = AbortSignal.abort();
      await outcomeOf(() => sdk.generateText({ model: ID, prompt: "a room", maxRetries: 0, abortSignal }));
      counts.push(asked);
    });
    expect(counts).toEqual([0, 1]);
  });
});
