/**
 * What the caller requests from the model: settings, structured output, and the model itself.
 */
import { withDefaultProvider } from "../../support/default-provider.ts";
import { scriptedModel, type ScriptedModelOptions } from "../../support/scripted-model.ts";
import type { CallParameters } from "../../support/majors.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, readAnswer, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

const ALL_SETTINGS: CallParameters = {
  maxOutputTokens: 256,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  frequencyPenalty: 0.25,
  presencePenalty: -0.25,
  seed: 7,
  stopSequences: ["END", "STOP"],
};

const SHARED_SETTINGS = {
  "gen_ai.request.max_tokens": 256,
  "gen_ai.request.temperature": 0.5,
  "gen_ai.request.top_p": 0.9,
  "gen_ai.request.frequency_penalty": 0.25,
  "gen_ai.request.presence_penalty": -0.25,
  "gen_ai.request.seed": 7,
  "gen_ai.request.stop_sequences": ["END", "STOP"],
};

const ZERO_SETTINGS = {
  "gen_ai.request.temperature": 0,
  "gen_ai.request.top_p": 0,
  "gen_ai.request.frequency_penalty": 0,
  "gen_ai.request.presence_penalty": 0,
  "gen_ai.request.seed": 0,
};

const JSON_OUTPUT = { "gen_ai.output.type": "json" };

async function runOne(
  app: ApplicationStage,
  streaming: boolean,
  parameters: CallParameters,
  options: ScriptedModelOptions = {},
): Promise<void> {
  const { model } = scriptedModel(app.major, [says('{"city":"Paris"}')], options);
  await readAnswer(app, streaming, call(app, model, parameters));
}

function jsonOutput({ sdk, major }: ApplicationStage): CallParameters {
  const schema = sdk.jsonSchema({ type: "object", properties: { city: { type: "string" } } });
  return major.outputOptions(sdk.Output.object({ schema }));
}

function requestsOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  return [
    {
      title: `${word} with every request setting`,
      run: (app) => runOne(app, streaming, ALL_SETTINGS),
      expected: agentSpan({ attributes: SHARED_SETTINGS }, [
        chatSpan({ streaming, attributes: { ...SHARED_SETTINGS, "gen_ai.request.top_k": 40 } }),
      ]),
    },
    {
      title: `${word} with settings that are zero`,
      run: (app) =>
        runOne(app, streaming, {
          temperature: 0,
          topP: 0,
          topK: 0,
          frequencyPenalty: 0,
          presencePenalty: 0,
          seed: 0,
        }),
      expected: agentSpan({ attributes: ZERO_SETTINGS }, [
        chatSpan({ streaming, attributes: { ...ZERO_SETTINGS, "gen_ai.request.top_k": 0 } }),
      ]),
    },
    {
      title: `${word} with settings that are not finite`,
      run: (app) =>
        runOne(app, streaming, {
          temperature: Number.NaN,
          topP: Number.POSITIVE_INFINITY,
          topK: Number.NaN,
          frequencyPenalty: Number.NEGATIVE_INFINITY,
          presencePenalty: Number.NaN,
        }),
      expected: agentSpan({}, [chatSpan({ streaming })]),
    },
    {
      title: `${word} with a reasoning level`,
      majors: ["v7"],
      run: (app) => runOne(app, streaming, { reasoning: "high" }),
      expected: agentSpan({}, [
        chatSpan({ streaming, attributes: { "gen_ai.request.reasoning.level": "high" } }),
      ]),
    },
    {
      title: `${word} structured output`,
      run: (app) => runOne(app, streaming, jsonOutput(app)),
      expected: agentSpan({ attributes: JSON_OUTPUT }, [chatSpan({ streaming, attributes: JSON_OUTPUT })]),
    },
    {
      title: `${word} with a provider that the conventions have a name for`,
      run: (app) => runOne(app, streaming, {}, { provider: "openai.responses", modelId: "gpt-4o" }),
      expected: agentSpan({ model: "gpt-4o" }, [
        chatSpan({ streaming, provider: "openai", model: "gpt-4o" }),
      ]),
    },
    {
      title: `${word} with a provider that the conventions do not know`,
      run: (app) => runOne(app, streaming, {}, { provider: "house.chat", modelId: "house-1" }),
      expected: agentSpan({ model: "house-1" }, [
        chatSpan({ streaming, provider: "house", model: "house-1" }),
      ]),
    },
    {
      title: `${word} with a model id too long for a span name`,
      run: (app) => runOne(app, streaming, {}, { modelId: "m".repeat(60) }),
      expected: agentSpan({ model: "m".repeat(60) }, [
        { ...chatSpan({ streaming, model: "m".repeat(60) }), name: "chat" },
      ]),
    },
    {
      title: `${word} with a model id that just fits a span name`,
      run: (app) => runOne(app, streaming, {}, { modelId: "m".repeat(59) }),
      expected: agentSpan({ model: "m".repeat(59) }, [chatSpan({ streaming, model: "m".repeat(59) })]),
    },
    {
      title: `${word} with the id of a model`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [says("a room")], {
          provider: "openai.chat",
          modelId: "gpt-4o",
        });
        await withDefaultProvider(app.major.mockProvider({ "gpt-4o": model }), async () => {
          await readAnswer(app, streaming, call(app, "gpt-4o"));
        });
      },
      expected: agentSpan({ model: "gpt-4o" }, [
        chatSpan({ streaming, provider: "openai", model: "gpt-4o" }),
      ]),
    },
    {
      title: `${word} with a second step on another model`,
      run: async (app) => {
        const first = scriptedModel(app.major, [callsTool("searchRooms", "call-1")]);
        const second = scriptedModel(app.major, [says("two")], {
          provider: "anthropic.messages",
          modelId: "claude",
        });
        const parameters = call(app, first.model, {
          tools: { searchRooms: roomTool(app, async () => 2) },
          stopWhen: app.major.stepCount(5),
          prepareStep: ({ stepNumber }: { stepNumber: number }) =>
            stepNumber === 0 ? undefined : { model: second.model },
        });
        await readAnswer(app, streaming, parameters);
      },
      expected: agentSpan({}, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ streaming, provider: "anthropic", model: "claude" }),
      ]),
    },
    {
      title: `${word} with a step whose model is an id`,
      run: async (app) => {
        const first = scriptedModel(app.major, []);
        const second = scriptedModel(app.major, [says("two")], {
          provider: "openai.chat",
          modelId: "gpt-4o",
        });
        const parameters = call(app, first.model, { prepareStep: () => ({ model: "gpt-4o" }) });
        await withDefaultProvider(app.major.mockProvider({ "gpt-4o": second.model }), async () => {
          await readAnswer(app, streaming, parameters);
        });
      },
      expected: agentSpan({}, [chatSpan({ streaming, provider: "openai", model: "gpt-4o" })]),
    },
  ];
}

export const requests: readonly TreeProgram[] = [...requestsOf(false), ...requestsOf(true)];
