/**
 * What an application can observe of the SDK, as plain data: values, errors by identity, the order of parts, callbacks,
 * and how often it pulls the model's stream.
 */
import { agentClassOf } from "../support/agents.ts";
import { createGate, turns } from "../support/gate.ts";
import type { CallParameters, Major, SDK, StreamResult } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { abortingTool, threeTools } from "../support/tools.ts";

/** The number of turns after which an unread stream no longer moves. */
const TURNS_TO_REST = 20;

const loopSteps: readonly ScriptedStep[] = [
  {
    parts: [
      { toolCall: { name: "searchRooms", id: "call-1" } },
      { toolCall: { name: "watchRooms", id: "call-2" } },
      { toolCall: { name: "bookRoom", id: "call-3" } },
    ],
    usage: { input: 10, output: 5 },
    finish: "tool-calls",
  },
  { parts: [{ text: "a " }, { text: "room" }], usage: { input: 10, output: 5 } },
];

/** Freezes what a caller may freeze: the parameters, the tools, and the objects that describe the call. */
function deepFreeze(parameters: CallParameters): CallParameters {
  for (const [name, value] of Object.entries(parameters)) {
    if (name === "model" || typeof value !== "object" || value === null) continue;
    Object.values(value).forEach((inner) => Object.freeze(inner));
    Object.freeze(value);
  }
  return Object.freeze(parameters);
}

type Scene = (major: Major, sdk: SDK) => Promise<unknown>;

function loop(major: Major, sdk: SDK): CallParameters {
  const { model } = scriptedModel(major, loopSteps);
  return {
    model,
    prompt: "a room",
    tools: threeTools(sdk),
    stopWhen: major.stepCount(5),
    ...major.telemetryOptions({ functionId: "booking-agent", metadata: { conversationId: "c-42" } }),
  };
}

/** Parameters of a loop whose first tool call aborts the run and then rejects. */
function abortingLoop(major: Major, sdk: SDK): CallParameters {
  const controller = new AbortController();
  return {
    ...loop(major, sdk),
    tools: { searchRooms: abortingTool(sdk, controller) },
    abortSignal: controller.signal,
  };
}

const CALLBACKS = ["onStepFinish", "onFinish", "onError", "onAbort"] as const;

function callbacksInto(events: string[]): CallParameters {
  return Object.fromEntries(CALLBACKS.map((name) => [name, () => void events.push(name)]));
}

async function partsOf(result: StreamResult, parts: string[] = []): Promise<string[]> {
  for await (const part of result.fullStream) parts.push(part.type);
  return parts;
}

const SCENES: Readonly<Record<string, Scene>> = {
  generate: async (major, sdk) => {
    const { text, steps, finishReason } = await sdk.generateText(loop(major, sdk));
    return { text, finishReason, steps: steps.length };
  },
  "generate, failing": async (major, sdk) => {
    const error = new RangeError("no");
    const { model } = scriptedModel(major, [{ rejections: [error], onlyRejects: true }]);
    return await sdk.generateText({ model, prompt: "a room" }).catch((caught: unknown) => caught === error);
  },
  "generate, aborted": async (major, sdk) => {
    const controller = new AbortController();
    const gate = createGate();
    const { model } = scriptedModel(major, [{ parts: [{ gate }] }]);
    const running = sdk.generateText({ model, prompt: "a room", abortSignal: controller.signal });
    running.catch(() => {});
    await Promise.race([gate.reached, running.catch(() => {})]);
    controller.abort();
    return await running.catch((caught: unknown) => caught === controller.signal.reason);
  },
  stream: async (major, sdk) => {
    const called: string[] = [];
    const result = sdk.streamText({ ...loop(major, sdk), ...callbacksInto(called) });
    const parts = await partsOf(result);
    return { parts, called, text: await result.text, steps: (await result.steps).length };
  },
  "stream, failing": async (major, sdk) => {
    const error = new RangeError("no");
    const { model } = scriptedModel(major, [{ parts: [{ text: "a " }], streamError: error }]);
    const received: unknown[] = [];
    try {
      const result = sdk.streamText({ model, prompt: "a room", onError: () => {} });
      for await (const part of result.fullStream) received.push(part.type);
    } catch (caught) {
      received.push(caught === error);
    }
    return received;
  },
  "stream, with an error part": async (major, sdk) => {
    const error = new RangeError("no");
    const { model } = scriptedModel(major, [{ parts: [{ text: "a " }, { error }], finish: "error" }]);
    const [reported, received]: [unknown[], unknown[]] = [[], []];
    const onError = (event: { error: unknown }): void => void reported.push(event.error === error);
    for await (const part of sdk.streamText({ model, prompt: "a room", onError }).fullStream) {
      received.push(part.type, "error" in part && part.error === error);
    }
    // The order of `onError` and the part depends on microtasks.
    return { reported, received };
  },
  "stream, aborted inside a tool": async (major, sdk) => {
    const called: string[] = [];
    const parts = await partsOf(sdk.streamText({ ...abortingLoop(major, sdk), ...callbacksInto(called) }));
    // The number of parts before the abort depends on microtasks: see `interleavings`.
    return { last: parts.at(-1), called };
  },
  "stream, left": async (major, sdk) => {
    const gate = createGate();
    const parts = [{ text: "a " }, { gate }, ...Array.from({ length: 30 }, () => ({ text: "room " }))];
    const { model, counts } = scriptedModel(major, [{ parts }]);
    const texts: string[] = [];
    for await (const text of sdk.streamText({ model, prompt: "a room", onError: () => {} }).textStream) {
      texts.push(text);
      break;
    }
    gate.open();
    await turns(TURNS_TO_REST);
    return { texts, ...counts };
  },
  "parameters that are frozen": async (major, sdk) => {
    const parameters = deepFreeze(loop(major, sdk));
    const { text } = await sdk.generateText(parameters);
    return { text, streamed: await sdk.streamText(deepFreeze(loop(major, sdk))).text };
  },
  "arguments of callbacks": async (major, sdk) => {
    const parameters = loop(major, sdk);
    const areOriginals: boolean[] = [];
    const prepareStep = ({ model }: { model: unknown }): undefined => {
      areOriginals.push(model === parameters["model"]);
    };
    await sdk.generateText({ ...parameters, prepareStep });
    const streamed = loop(major, sdk);
    await sdk.streamText({
      ...streamed,
      prepareStep: ({ model }: { model: unknown }) => void areOriginals.push(model === streamed["model"]),
    }).text;
    return areOriginals;
  },
  "shape of the results": async (major, sdk) => {
    const generated = await sdk.generateText(loop(major, sdk));
    const streamed = sdk.streamText(loop(major, sdk));
    await streamed.text;
    return [generated, streamed].map((result) => ({
      type: result.constructor.name,
      keys: Object.keys(result).toSorted(),
    }));
  },
  "agent, generating": async (major, sdk) => {
    const called: string[] = [];
    const agent = new (agentClassOf(sdk))({ ...loop(major, sdk), ...callbacksInto(called) });
    const { text, steps } = await agent.generate({ prompt: "a room" });
    return { text, steps: steps.length, called, tools: Object.keys(agent.tools as object) };
  },
  "agent, streaming": async (major, sdk) => {
    const called: string[] = [];
    const agent = new (agentClassOf(sdk))({ ...loop(major, sdk), ...callbacksInto(called) });
    const result = await agent.stream({ prompt: "a room" });
    return { type: result.constructor.name, parts: await partsOf(result), called };
  },
  "agent, what its methods give at once": async (major, sdk) => {
    const agent = new (agentClassOf(sdk))(loop(major, sdk));
    const streamed = agent.stream({ prompt: "a room" });
    const generated = agent.generate({ prompt: "a room" });
    const [isPromise, isGenerated] = [streamed instanceof Promise, generated instanceof Promise];
    await Promise.allSettled([generated, Promise.resolve(streamed).then((result) => partsOf(result))]);
    return { isPromise, isGenerated };
  },
  "agent, failing": async (major, sdk) => {
    const error = new RangeError("no");
    const { model } = scriptedModel(major, [{ rejections: [error], onlyRejects: true }]);
    const agent = new (agentClassOf(sdk))({ model });
    return agent.generate({ prompt: "a room" }).catch((caught: unknown) => caught === error);
  },
  object: async (major, sdk) => {
    const { model, calls } = scriptedModel(major, [{ parts: [{ text: '{"city":"Paris"}' }] }]);
    const parameters = { model, prompt: "a room", output: "no-schema" };
    const { object } = await operationOf(sdk, "generateObject")(parameters);
    return { object, asked: Object.keys(calls[0] ?? {}).toSorted() };
  },
  "object, of bad input": (_major, sdk) =>
    // `generateObject` must return a promise that rejects, and not throw.
    operationOf(sdk, "generateObject")(undefined as never).catch(String),
  embeddings: async (major, sdk) => {
    const answer = { embeddings: [[1, 2]], usage: { tokens: 4 }, warnings: [] };
    const { model, calls } = providerModel(
      major,
      { doEmbed: [{ answer }, { answer }] },
      { maxEmbeddingsPerCall: 1, supportsParallelCalls: true },
    );
    const result = await operationOf(sdk, "embedMany")(deepFreeze({ model, values: ["a", "b"] }));
    const { embeddings, usage } = result;
    return { embeddings, usage, asked: calls.map((call) => call["values"]), keys: Object.keys(result) };
  },
  "embeddings, failing": async (major, sdk) => {
    const rejection = new RangeError("no");
    const { model } = providerModel(major, { doEmbed: [{ rejection }] });
    const embedding = operationOf(sdk, "embed")({ model, value: "a" });
    return embedding.catch((caught: unknown) => caught === rejection);
  },
  image: async (major, sdk) => {
    const response = { timestamp: new Date(0), modelId: "mock-model", headers: {} };
    const answer = { images: [new Uint8Array([1, 2])], warnings: [], response };
    const { model, calls } = providerModel(major, { doGenerate: [{ answer }, { answer }] });
    const result = await operationOf(sdk, "generateImage")({ model, prompt: "a room", n: 2 });
    return { keys: Object.keys(result), responses: result["responses"], asked: calls.length };
  },
  "stream, never read": async (major, sdk) => {
    const parts = Array.from({ length: 40 }, () => ({ text: "room " }));
    const { model, counts } = scriptedModel(major, [{ parts }]);
    const result = sdk.streamText({ model, prompt: "a room", onError: () => {} });
    await turns(TURNS_TO_REST);
    return { type: typeof result, ...counts };
  },
};

/** The exact order of callbacks and of the reader's events. */
export const interleavings: Readonly<Record<string, Scene>> = {
  // When wrapped, each part of a model comes one microtask later (docs/why/discoveries/streams-and-ticks.md). How
  // callbacks and parts interleave, and how many parts pass before an abort, depends on the Node version and is not
  // compared.
  "callbacks, and that of parts, of a stream in two steps": async (major, sdk) => {
    const called: string[] = [];
    const parts = await partsOf(sdk.streamText({ ...loop(major, sdk), ...callbacksInto(called) }));
    return [...called, ...parts];
  },
  "callbacks, where a stream is aborted by its reader": async (major, sdk) => {
    const received: string[] = [];
    const controller = new AbortController();
    const { model } = scriptedModel(major, [
      { parts: Array.from({ length: 12 }, () => ({ text: "room " })) },
    ]);
    const parameters = {
      model,
      prompt: "a room",
      abortSignal: controller.signal,
      ...callbacksInto(received),
    };
    let count = 0;
    for await (const _part of sdk.streamText(parameters).fullStream) if (++count === 8) controller.abort();
    return received;
  },
  "callbacks, where a stream is aborted inside a tool": async (major, sdk) => {
    const received: string[] = [];
    await partsOf(sdk.streamText({ ...abortingLoop(major, sdk), ...callbacksInto(received) }), []);
    return received;
  },
};

/** Runs every scene and returns its outcome. If a scene throws, its error is the outcome. */
export async function observe(major: Major, sdk: SDK): Promise<Readonly<Record<string, unknown>>> {
  const outcomes: Record<string, unknown> = {};
  for (const [name, scene] of Object.entries(SCENES)) {
    try {
      outcomes[name] = await scene(major, sdk);
    } catch (error) {
      outcomes[name] = { thrown: String(error) };
    }
  }
  return outcomes;
}
