/**
 * A model that fails over to another one during a call. Its `provider` and `modelId` are getters, which return the
 * names of the model that answers. The spans and the metrics have these names.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { excuseFindings } from "../registry/excused.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type Major, type ModelCallOptions } from "../support/majors.ts";
import { setupMeters } from "../support/meters.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { agentSpan, chatSpan, modelSpan, toolSpan } from "./expected-spans.ts";
import { callsTool, callText, rejects, says, swallow } from "./script.ts";

// A sampler gets what is known at the start, which is the model that is called first.
beforeAll(() =>
  excuseFindings([
    { rule: "start", subject: "gen_ai.provider.name" },
    { rule: "start", subject: "gen_ai.request.model" },
  ]),
);

interface Callable {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: ModelCallOptions): Promise<unknown>;
  doStream(options: ModelCallOptions): Promise<unknown>;
}

/** A model as programs write it. When one model rejects, it calls the next one, and uses that one from then on. */
class Failover {
  readonly specificationVersion: string;
  readonly supportedUrls = {};
  readonly #models: readonly Callable[];
  #index = 0;

  constructor(models: readonly Callable[]) {
    this.#models = models;
    this.specificationVersion = this.#current.specificationVersion;
  }

  get #current(): Callable {
    const model = this.#models[this.#index];
    if (!model) throw new Error("there is no model left");
    return model;
  }

  get provider(): string {
    return this.#current.provider;
  }

  get modelId(): string {
    return this.#current.modelId;
  }

  doGenerate(options: ModelCallOptions): Promise<unknown> {
    return this.#call((model) => model.doGenerate(options));
  }

  doStream(options: ModelCallOptions): Promise<unknown> {
    return this.#call((model) => model.doStream(options));
  }

  async #call(work: (model: Callable) => Promise<unknown>): Promise<unknown> {
    for (;;) {
      try {
        return await work(this.#current);
      } catch (error) {
        if (this.#index + 1 >= this.#models.length) throw error;
        this.#index += 1;
      }
    }
  }
}

const overloaded = rejects(Object.assign(new Error("overloaded"), { name: "Overloaded" }));

function failover(major: Major, answer: ScriptedStep): Failover {
  const first = scriptedModel(major, [overloaded], { provider: "openai.chat", modelId: "gpt-primary" });
  const second = scriptedModel(major, [answer], {
    provider: "anthropic.messages",
    modelId: "claude-fallback",
  });
  // Each model has the specification of its major.
  return new Failover([first.model as Callable, second.model as Callable]);
}

interface Way {
  readonly title: string;
  readonly streaming: boolean;
}

const ways: readonly Way[] = [
  { title: "direct", streaming: false },
  { title: "streamed", streaming: true },
];

const FALLBACK = { model: "claude-fallback", provider: "anthropic" };
const CALLED_FIRST = { model: "gpt-primary", provider: "openai" };
const UNANSWERED = { response: null, usage: null, finish: null, error: "Overloaded" };
const ANSWER = { response: { id: "msg-1", model: "claude-fallback-0101" } };

function answeredByFallback(streaming: boolean): ExpectedSpan {
  const chat = chatSpan({ ...FALLBACK, streaming, response: ANSWER.response });
  return agentSpan({ name: null, model: "gpt-primary" }, [chat]);
}

describe.each(majors)("on $name", (major) => {
  test.each(ways)("the model that answered is named, $title", async ({ streaming }) => {
    const telemetry = setupTelemetry();
    const sdk = wrapAISDK(major.ai);
    const parameters = { model: failover(major, says("a room", ANSWER)), prompt: "a room", maxRetries: 0 };
    await callText(sdk, streaming, parameters);
    await expectSpanTree(telemetry, answeredByFallback(streaming));
  });

  test.each(ways)("the metrics name the model that answered, $title", async ({ streaming }) => {
    setupTelemetry();
    const meters = setupMeters();
    const sdk = wrapAISDK(major.ai);
    const answer = says("", { ...ANSWER, parts: [{ text: "a " }, { text: "room" }] });
    const parameters = { model: failover(major, answer), prompt: "a room", maxRetries: 0 };
    await callText(sdk, streaming, parameters);
    const points = await meters.points();
    const named = points
      .filter(({ metric }) => metric.startsWith("gen_ai.client."))
      .map(({ attributes }) => [attributes["gen_ai.provider.name"], attributes["gen_ai.request.model"]]);
    // One duration, and two histograms and two counters of tokens. A stream also has two times.
    expect(named).toEqual(Array.from({ length: streaming ? 7 : 5 }, () => ["anthropic", "claude-fallback"]));
  });

  test("the last model is named where none answers", async () => {
    const telemetry = setupTelemetry();
    const model = failover(major, overloaded);
    await swallow(wrapAISDK(major.ai).generateText({ model, prompt: "a room", maxRetries: 0 }));
    const chat = chatSpan({ ...FALLBACK, ...UNANSWERED });
    const run = agentSpan({ name: null, model: "gpt-primary", error: "Overloaded" }, [chat]);
    await expectSpanTree(telemetry, run);
  });
});

/** An embedding model that answers by another model from its first call on. */
function embeddingFailover(major: Major): object {
  const answer = { embeddings: [[0.5, 0.25]], usage: { tokens: 3 }, warnings: [] };
  let names = { provider: "openai.embedding", modelId: "embedding-primary" };
  const onCall = (): void => {
    names = { provider: "mistral.embedding", modelId: "embedding-fallback" };
  };
  const { model } = providerModel(major, { doEmbed: [{ answer, onCall }] });
  return Object.defineProperties(model, {
    provider: { get: () => names.provider },
    modelId: { get: () => names.modelId },
  });
}

const EMBEDDED = modelSpan("embeddings", {
  model: "embedding-fallback",
  provider: "mistral_ai",
  usage: { input: 3 },
  attributes: { "gen_ai.embeddings.dimension.count": 2 },
});

test.each(majors)("the embedding model that answered is named on $name", async (major) => {
  const telemetry = setupTelemetry();
  const embed = operationOf(wrapAISDK(major.ai), "embed");
  await embed({ model: embeddingFailover(major), value: "a room" });
  await expectSpanTree(telemetry, EMBEDDED);
});

describe("through the adapter", () => {
  afterEach(() => registerIntegrations());

  test("the embedding model that answered is named", async () => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    await operationOf(v7.ai, "embed")({ model: embeddingFailover(v7), value: "a room" });
    await expectSpanTree(telemetry, EMBEDDED);
  });

  test("the model that answered with an object is named", async () => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    const model = failover(v7, says('{"beds":2}', ANSWER));
    const schema = v7.ai.jsonSchema({ type: "object", properties: {} });
    await operationOf(v7.ai, "generateObject")({ model, schema, prompt: "a room", maxRetries: 0 });
    const attributes = { "gen_ai.output.type": "json" };
    const chat = chatSpan({ ...FALLBACK, response: ANSWER.response, attributes });
    await expectSpanTree(telemetry, agentSpan({ name: null, model: "gpt-primary", attributes }, [chat]));
  });

  test.each(ways)("the model that answered is named, $title", async ({ streaming }) => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    const parameters = { model: failover(v7, says("a room", ANSWER)), prompt: "a room", maxRetries: 0 };
    await callText(v7.ai, streaming, parameters);
    await expectSpanTree(telemetry, answeredByFallback(streaming));
  });

  // docs/reference/adapter.md lists this, because the SDK does not report the change.
  test("the model that was called first is named where tools of the answer run", async () => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    const model = failover(v7, callsTool("searchRooms", "call-1", ANSWER));
    await v7.ai.generateText({ model, prompt: "a room", tools: searchRooms(() => "free"), maxRetries: 0 });
    await expectSpanTree(
      telemetry,
      agentSpan({ name: null, model: "gpt-primary" }, [
        chatSpan({ ...CALLED_FIRST, response: ANSWER.response, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { agent: null }),
      ]),
    );
  });

  test("the model that was called first is named where none answers", async () => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    await swallow(v7.ai.generateText({ model: failover(v7, overloaded), prompt: "a room", maxRetries: 0 }));
    await expectSpanTree(
      telemetry,
      agentSpan({ name: null, model: "gpt-primary", error: "Overloaded" }, [
        chatSpan({ ...CALLED_FIRST, ...UNANSWERED }),
      ]),
    );
  });

  test("a chat span has ended before the tools of its answer run", async () => {
    const telemetry = setupTelemetry();
    registerIntegrations(createAISDKTelemetry());
    const openWithTool: string[] = [];
    const tools = searchRooms(() => {
      openWithTool.push(...telemetry.open.map(({ name }) => name));
      return "free";
    });
    const { model } = scriptedModel(v7, [callsTool("searchRooms", "call-1"), says("a room")]);
    await v7.ai.generateText({ model, prompt: "a room", tools, stopWhen: v7.stepCount(2) });
    expect(openWithTool).toEqual(["invoke_agent", "execute_tool searchRooms"]);
    await expectSpanTree(
      telemetry,
      agentSpan({ name: null }, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { agent: null }),
        chatSpan(),
      ]),
    );
  });
});

function searchRooms(execute: () => string): object {
  return { searchRooms: toolOf(v7.ai, execute) };
}
