/**
 * Where a model comes from, and what may be between the SDK and the model: providers, registries, middleware, other
 * models, other specifications.
 */
import { withDefaultProvider } from "../../support/default-provider.ts";
import { scriptedModel, type ScriptedModelOptions } from "../../support/scripted-model.ts";
import {
  v5,
  v6,
  type CallParameters,
  type Major,
  type MajorName,
  type ModelCallOptions,
} from "../../support/majors.ts";
import { without } from "../adapted-trees.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan, type ChatExpectation } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, rejects, says } from "../script.ts";
import { apiCallError } from "../../support/failures.ts";
import { roomTool } from "./tool-loops.ts";

interface CallableModel {
  readonly doGenerate: (options: ModelCallOptions) => Promise<object>;
  readonly doStream: (options: ModelCallOptions) => Promise<object>;
}

function answering({ major }: ApplicationStage, options?: ScriptedModelOptions): object {
  return scriptedModel(major, [says("a room")], options).model;
}

async function callModel(
  app: ApplicationStage,
  streaming: boolean,
  model: object | string,
  more: CallParameters = {},
): Promise<void> {
  const parameters = call(app, model, more);
  if (streaming) await app.sdk.streamText(parameters).consumeStream();
  else await app.sdk.generateText(parameters);
}

/** A model of the application that tries others until one answers. */
function fallbackOf(models: readonly object[]): object {
  const tryAll = async (method: keyof CallableModel, options: ModelCallOptions): Promise<object> => {
    for (const model of models) {
      try {
        return await (model as CallableModel)[method](options);
      } catch {
        // The loop calls the next model.
      }
    }
    throw new Error("no model answered");
  };
  return {
    specificationVersion: (models[0] as { specificationVersion: string }).specificationVersion,
    provider: "fallback.chat",
    modelId: "any-room-model",
    supportedUrls: {},
    doGenerate: (options: ModelCallOptions) => tryAll("doGenerate", options),
    doStream: (options: ModelCallOptions) => tryAll("doStream", options),
  };
}

/** Middleware that does nothing. The SDK still makes another model object of it. */
function idle({ major }: ApplicationStage): { readonly specificationVersion: string } {
  return { specificationVersion: major.specification.toLowerCase() };
}

/** Middleware that starts a span for its work and changes the call options. */
function working(app: ApplicationStage, name: string, received: unknown[] = []): object {
  const inSpan = (work: () => PromiseLike<unknown>): PromiseLike<unknown> =>
    app.tracer.startActiveSpan(name, async (span) => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
  return {
    ...idle(app),
    transformParams: async ({ params }: { params: ModelCallOptions }) => {
      received.push(params["temperature"]);
      return { ...params, temperature: 1 };
    },
    wrapGenerate: ({ doGenerate }: { doGenerate: () => PromiseLike<unknown> }) => inSpan(doGenerate),
    wrapStream: ({ doStream }: { doStream: () => PromiseLike<unknown> }) => inSpan(doStream),
  };
}

const GATEWAY_URL = "https://gateway.example:8443/v1/ai";
const GATEWAY_MODEL = "openai/gpt-room";
const GATEWAY_CHAT: ChatExpectation = {
  provider: "gateway",
  model: GATEWAY_MODEL,
  // The gateway's provider replaces the model's response by its own.
  response: null,
  attributes: { "server.address": "gateway.example", "server.port": 8443 },
};

/** The real gateway provider. Its gateway answers from a script. */
function gatewayOf(app: ApplicationStage) {
  const { model } = scriptedModel(app.major, [says("a room")]);
  const fetch = async (): Promise<Response> => Response.json(await (model as CallableModel).doGenerate({}));
  return app.sdk.createGateway({ apiKey: "key", baseURL: GATEWAY_URL, fetch });
}

function modelsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const chat = (expected: ChatExpectation = {}, children = [] as Parameters<typeof chatSpan>[1]) =>
    chatSpan({ streaming, ...expected }, children);
  const program = (
    title: string,
    model: (app: ApplicationStage) => object | string,
    expected: TreeProgram["expected"] = agentSpan({}, [chat()]),
    more: Partial<TreeProgram> = {},
  ): TreeProgram => ({
    title: `${word} with ${title}`,
    run: (app) => callModel(app, streaming, model(app)),
    expected,
    ...more,
  });

  return [
    program("a model of a registry of providers", (app) => {
      const mock = app.major.mockProvider({ "room-model": answering(app) });
      return app.sdk.createProviderRegistry({ mock }).languageModel("mock:room-model");
    }),
    program("a model of a registry with middleware", (app) => {
      const mock = app.major.mockProvider({ "room-model": answering(app) });
      const languageModelMiddleware = idle(app);
      const registry = app.sdk.createProviderRegistry({ mock }, { languageModelMiddleware });
      return registry.languageModel("mock:room-model");
    }),
    program("an alias of a custom provider", (app) =>
      app.sdk.customProvider({ languageModels: { fast: answering(app) } }).languageModel("fast"),
    ),
    program("a model of a custom provider's fallback provider", (app) => {
      const fallbackProvider = app.major.mockProvider({ "room-model": answering(app) });
      return app.sdk.customProvider({ languageModels: {}, fallbackProvider }).languageModel("room-model");
    }),
    {
      title: `${word} with an id that the default provider, a registry, knows`,
      run: (app) => {
        const mock = app.major.mockProvider({ "room-model": answering(app) });
        const registry = app.sdk.createProviderRegistry({ mock });
        return withDefaultProvider(registry, () => callModel(app, streaming, "mock:room-model"));
      },
      expected: agentSpan({ model: "mock:room-model" }, [chat()]),
      adapted: {
        reason:
          "v7 takes a default provider without a specification version for one of V2, and loses its counts",
        expected: agentSpan({}, [chat({ usage: null, finish: null })]),
      },
    },
    {
      title: `${word} with a wrapped model whose first attempt fails`,
      run: async (app) => {
        const failure = apiCallError(app.major, { status: 503, retryable: true });
        const { model } = scriptedModel(app.major, [says("a room", { rejections: [failure] })]);
        const wrapped = app.sdk.wrapLanguageModel({ model, middleware: idle(app) });
        await callModel(app, streaming, wrapped);
      },
      expected: agentSpan({}, [chat({ retries: 1 })]),
    },
    program(
      "a model that tries another when the first fails",
      (app) => {
        const failing = scriptedModel(app.major, [rejects(new Error("overloaded"))]).model;
        return fallbackOf([failing, answering(app, { modelId: "second-model" })]);
      },
      agentSpan({ model: "any-room-model" }, [chat({ provider: "fallback", model: "any-room-model" })]),
    ),
    program(
      "a model that is renamed",
      (app) =>
        app.sdk.wrapLanguageModel({
          model: answering(app),
          middleware: idle(app),
          modelId: "house-model",
          providerId: "house.chat",
        }),
      agentSpan({ model: "house-model" }, [chat({ provider: "house", model: "house-model" })]),
    ),
    {
      title: `${word} with middleware, in its order and inside the chat span`,
      needsContextManager: true,
      run: async (app) => {
        const received: unknown[] = [];
        const onCall = (): void => app.tracer.startActiveSpan("POST", (span) => span.end());
        const { model, calls } = scriptedModel(app.major, [says("a room", { onCall })]);
        const middleware = [working(app, "outer", received), working(app, "inner", received)];
        const wrapped = app.sdk.wrapLanguageModel({ model, middleware });
        await callModel(app, streaming, wrapped, { temperature: 0 });
        if (received.join() !== "0,1" || calls[0]?.["temperature"] !== 1)
          throw new Error("middleware has changed");
      },
      expected: agentSpan({ attributes: { "gen_ai.request.temperature": 0 } }, [
        chat({ attributes: { "gen_ai.request.temperature": 0 } }, [
          ownSpan("outer", [ownSpan("inner", [ownSpan("POST")])]),
        ]),
      ]),
    },
    program(
      "middleware that asks the model twice",
      (app) => {
        const { model } = scriptedModel(app.major, [says("no room"), says("a room")]);
        const twice = async (ask: () => PromiseLike<unknown>): Promise<unknown> => {
          await ask();
          return ask();
        };
        const middleware = {
          ...idle(app),
          wrapGenerate: ({ doGenerate }: { doGenerate: () => PromiseLike<unknown> }) => twice(doGenerate),
          wrapStream: ({ doStream }: { doStream: () => PromiseLike<unknown> }) => twice(doStream),
        };
        return app.sdk.wrapLanguageModel({ model, middleware });
      },
      agentSpan({}, [chat()]),
    ),
  ];
}

/** Models of older specifications, on the majors that accept them. */
function older(specification: Major, majors: readonly MajorName[]): TreeProgram[] {
  return [false, true].map((streaming) => ({
    title: `${streaming ? "streams" : "generates"} with a model of specification ${specification.specification}`,
    majors,
    run: async (app) => {
      const { model } = scriptedModel(specification, [
        callsTool("searchRooms", "call-1", { usage: { input: 30, output: 7, cacheRead: 20, reasoning: 2 } }),
        says("two", { usage: { input: 40, output: 8 } }),
      ]);
      await callModel(app, streaming, model, {
        tools: { searchRooms: roomTool(app, async () => 2) },
        stopWhen: app.major.stepCount(5),
      });
    },
    expected: agentSpan({}, [
      chatSpan({
        streaming,
        finish: "tool_call",
        usage: { input: 30, output: 7, cacheRead: 20, reasoning: 2 },
      }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming, usage: { input: 40, output: 8 } }),
    ]),
  }));
}

const gatewayPrograms: readonly TreeProgram[] = [
  {
    title: "generates with a model of the gateway",
    run: (app) => callModel(app, false, gatewayOf(app)(GATEWAY_MODEL)),
    expected: agentSpan({ model: GATEWAY_MODEL }, [chatSpan(GATEWAY_CHAT)]),
  },
  {
    title: "generates with an id that the gateway knows",
    run: (app) => withDefaultProvider(gatewayOf(app), () => callModel(app, false, GATEWAY_MODEL)),
    expected: agentSpan({ model: GATEWAY_MODEL }, [chatSpan(GATEWAY_CHAT)]),
  },
];

export const models: readonly TreeProgram[] = [
  ...modelsOf(false),
  ...modelsOf(true),
  ...gatewayPrograms.map((program) =>
    without(["server.address", "server.port"], "no event carries a model", program),
  ),
  ...older(v5, ["v6", "v7"]),
  ...older(v6, ["v7"]),
];
