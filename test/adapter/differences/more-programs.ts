/**
 * Programs for what no other table reaches: the SDK's switches, failures of callbacks, failover models and local tool
 * callers.
 */
import { experimental_toolCaller, Output } from "ai";
import { AGENT_NAME } from "../../conformance/program.ts";
import { callsTool, drain, rejects, says, swallow } from "../../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../../support/failures.ts";
import { v7, type CallParameters, type SDK } from "../../support/majors.ts";
import { operationOf, providerModel } from "../../support/provider-model.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import type { PlayedProgram } from "./play.ts";

type ToolCaller = Readonly<Record<string, { execute(input: object, options: unknown): Promise<number> }>>;

const inputSchema = v7.ai.jsonSchema({ type: "object", properties: {} });
const searchRooms = { inputSchema, execute: () => 2 };
const LOOP = [callsTool("searchRooms", "call-1"), says("two")];

function parametersOf(steps: readonly ScriptedStep[], parameters: CallParameters): CallParameters {
  return {
    model: scriptedModel(v7, steps).model,
    prompt: "a room",
    stopWhen: v7.stepCount(5),
    maxRetries: 0,
    onError: () => {},
    telemetry: { functionId: AGENT_NAME },
    ...parameters,
  };
}

function generate(sdk: SDK, steps: readonly ScriptedStep[], parameters: CallParameters): Promise<void> {
  return swallow(sdk.generateText(parametersOf(steps, parameters)));
}

function stream(sdk: SDK, steps: readonly ScriptedStep[], parameters: CallParameters): Promise<void> {
  return drain(sdk.streamText(parametersOf(steps, parameters)));
}

function fail(): never {
  throw new RoomServiceError("no");
}

const withoutInputs = { telemetry: { functionId: AGENT_NAME, recordInputs: false } };

function failedObject(): CallParameters {
  return { schema: inputSchema, ...parametersOf([says("{}", { finish: "error" })], {}) };
}

/** Has the name of the model that it calls next. It calls the second model when the first one rejects. */
function failover(...steps: readonly ScriptedStep[]): object {
  const models = steps.map(
    (step, index) => scriptedModel(v7, [step], { modelId: `model-${index + 1}` }).model,
  );
  let current = 0;
  const call = (name: "doGenerate" | "doStream") =>
    async function next(options: unknown): Promise<unknown> {
      const doCall = Reflect.get(models[current] ?? {}, name) as (options: unknown) => Promise<unknown>;
      try {
        return await doCall.call(models[current], options);
      } catch (error) {
        if (current === models.length - 1) throw error;
        current += 1;
        return next(options);
      }
    };
  return {
    specificationVersion: "v4",
    provider: "mock-provider",
    supportedUrls: {},
    get modelId() {
      return `model-${current + 1}`;
    },
    doGenerate: call("doGenerate"),
    doStream: call("doStream"),
  };
}

const refusal = (): Error => apiCallError(v7, { status: 400 });

export const morePrograms: readonly PlayedProgram[] = [
  {
    title: "asks for an object in a text, and keeps its inputs from telemetry",
    run: ({ sdk }) => {
      const output = Output.object({ schema: inputSchema as never });
      return generate(sdk, [says("{}")], { output, ...withoutInputs });
    },
  },
  {
    title: "fails to prepare a step, and keeps its inputs from telemetry",
    run: ({ sdk }) => generate(sdk, [], { prepareStep: fail, ...withoutInputs }),
  },
  {
    title: "has a tool call with a bad input, and keeps its inputs from telemetry",
    run: ({ sdk }) => {
      const validate = (): object => ({ success: false, error: new RoomServiceError("no") });
      const strict = sdk.jsonSchema({ type: "object", properties: {} }, { validate });
      const tools = { searchRooms: { ...searchRooms, inputSchema: strict } };
      return generate(sdk, LOOP, { tools, ...withoutInputs });
    },
  },
  {
    title: "fails to prepare the second step of a stream",
    run: ({ sdk }) => {
      const prepareStep = ({ stepNumber }: { stepNumber: number }): void => void (stepNumber === 1 && fail());
      return stream(sdk, LOOP, { tools: { searchRooms }, prepareStep });
    },
  },
  {
    title: "fails in toModelOutput of a tool of a stream",
    run: ({ sdk }) => stream(sdk, LOOP, { tools: { searchRooms: { ...searchRooms, toModelOutput: fail } } }),
  },
  {
    title: "fails to set up a transform",
    run: ({ sdk }) =>
      swallow((async () => stream(sdk, [says("a room")], { experimental_transform: fail }))()),
  },
  {
    title: "forbids tools in a stream whose model calls one",
    run: ({ sdk }) => stream(sdk, LOOP, { tools: { searchRooms }, toolChoice: "none" }),
  },
  {
    title: "gets an object by generateObject whose finish reason is an error",
    run: ({ sdk }) => swallow(operationOf(sdk, "generateObject")(failedObject())),
  },
  {
    title: "gets an object by streamObject whose finish reason is an error",
    run: ({ sdk }) => {
      const { streamObject } = sdk as unknown as Record<string, SDK["streamText"]>;
      return drain(streamObject!(failedObject()));
    },
  },
  {
    title: "gets a text by streamText whose finish reason is an error",
    run: ({ sdk }) => stream(sdk, [says("a room", { finish: "error" })], {}),
  },
  {
    title: "fails over to a model that calls a tool",
    run: ({ sdk }) =>
      generate(sdk, [], {
        model: failover(rejects(refusal()), callsTool("searchRooms", "call-1")),
        stopWhen: v7.stepCount(1),
        tools: { searchRooms },
      }),
  },
  {
    title: "fails over to a model that fails as well",
    run: ({ sdk }) => generate(sdk, [], { model: failover(rejects(refusal()), rejects(refusal())) }),
  },
  {
    title: "gets an object from a model that names itself as it was asked for",
    run: ({ sdk }) => {
      const response = { id: "response-1", model: "mock-model" };
      const parameters = { schema: inputSchema, ...parametersOf([says("{}", { response })], {}) };
      return swallow(operationOf(sdk, "generateObject")(parameters));
    },
  },
  {
    title: "embeds two chunks at once, both of which fail in the end",
    run: ({ sdk }) => {
      const rejection = apiCallError(v7, { status: 503, retryable: true });
      const answers = Array.from({ length: 4 }, () => ({ rejection }));
      const chunks = { maxEmbeddingsPerCall: 1, supportsParallelCalls: true };
      const { model } = providerModel(v7, { doEmbed: answers }, chunks);
      return swallow(operationOf(sdk, "embedMany")({ model, values: ["one", "two"], maxRetries: 1 }));
    },
  },
  {
    title: "has a tool that is a local tool caller",
    run: ({ sdk }) => {
      const made = (tools: ToolCaller): object => ({
        inputSchema,
        execute: async (_input: object, options: unknown) =>
          (await tools["countRooms"]?.execute({}, options)) ?? 0,
      });
      const definition = { type: "local", bind: (tools: unknown) => made(tools as ToolCaller) };
      return generate(sdk, [callsTool("runCode", "call-1"), says("two")], {
        tools: {
          runCode: experimental_toolCaller(made({}) as never, definition as never),
          countRooms: { inputSchema, execute: async () => 2 },
        },
        experimental_toolCallers: { countRooms: ["runCode"] },
      });
    },
  },
];
