/**
 * Proofs, on the bare SDK, that a release lacks a feature.
 */
import { callsTool, drain, says, swallow } from "../conformance/script.ts";
import { agentClassOf } from "../support/agents.ts";
import { createGate, turn, turns } from "../support/gate.ts";
import type { Major } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";

type Proof = (major: Major) => boolean | Promise<boolean>;

interface ObjectResult {
  readonly warnings: Promise<unknown>;
  readonly fullStream: AsyncIterable<unknown>;
}

const TURNS = 100;

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.finally(() => {
    isSettled = true;
  });
  await turns(TURNS);
  return !isSettled;
}

export function hasNo(name: string): Proof {
  return ({ ai }) => !(name in ai);
}

export function agentHasNo(name: string): Proof {
  return ({ ai }) => !(name in agentClassOf(ai).prototype);
}

export function resultHasNo(name: string): Proof {
  return (major) => {
    const { model } = scriptedModel(major, [says("a room")]);
    return !(name in major.ai.streamText({ model, prompt: "a room" }));
  };
}

/** The release does not call a video model that starts a video and returns it later. */
export const asksOnceForVideos: Proof = async (major) => {
  const { model, calls } = providerModel(major, {
    doStart: [{ rejection: new Error("enough") }],
    doStatus: [],
  });
  const parameters = { model, prompt: "a room", poll: { intervalMs: 0 }, maxRetries: 0 };
  await swallow(operationOf(major.ai, "generateVideo")(parameters));
  return calls.length === 0;
};

/** The agent does not know a callback of its call, and passes it on to `prepareCall`. */
export const callbacksReachPrepareCall: Proof = async (major) => {
  let isPassed = false;
  const prepareCall = (event: object): object => {
    isPassed = "onStepFinish" in event;
    return event;
  };
  const { model } = scriptedModel(major, [says("a room")]);
  const agent = new (agentClassOf(major.ai))({ model, prepareCall });
  await agent.generate({ prompt: "a room", onStepFinish: () => {} });
  return isPassed;
};

/** The SDK's deadline does not reach the model as a signal. */
export function ignoresTimeout(timeout: unknown): Proof {
  return async (major) => {
    const { model, calls } = scriptedModel(major, [says("a room")]);
    await drain(major.ai.streamText({ model, prompt: "a room", timeout }));
    return calls[0]?.abortSignal === undefined;
  };
}

export const repeatsNoStreams: Proof = async (major) => {
  const failing = says("", { parts: [{ text: "a " }, { error: new Error("no") }] });
  const { model, calls } = scriptedModel(major, [failing, says("a room")]);
  await drain(major.ai.streamText({ model, prompt: "a room", streamRetries: 1, onError: () => {} }));
  return calls.length === 1;
};

/** A call of an unknown tool ends the run. */
export const wrongCallsFail: Proof = async (major) => {
  const { model } = scriptedModel(major, [callsTool("flyToMoon", "call-1")]);
  const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
  const tools = { searchRooms: major.ai.tool({ inputSchema }) };
  return major.ai.generateText({ model, prompt: "a room", tools }).then(
    () => false,
    (error: unknown) => error instanceof Error && error.name === "AI_NoSuchToolError",
  );
};

/** A tool starts before the stream of its step has ended. */
export const toolsStartInStreams: Proof = async (major) => {
  const gate = createGate();
  const call = { toolCall: { name: "searchRooms", id: "call-1" } };
  const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1", { parts: [call, { gate }] })]);
  let hasStarted = false;
  const execute = (): void => {
    hasStarted = true;
  };
  const tools = { searchRooms: toolOf(major.ai, execute) };
  const reading = drain(major.ai.streamText({ model, prompt: "a room", tools }));
  await gate.reached;
  await turns(TURNS);
  const isEarly = hasStarted;
  gate.open();
  await reading;
  return isEarly;
};

/** After the model call, a stream no longer reads whether its signal has aborted. */
export const signalsAreNotRead: Proof = async (major) => {
  let reads = 0;
  const aborted = (): boolean => {
    reads += 1;
    return false;
  };
  const signal = Object.defineProperty(new AbortController().signal, "aborted", { get: aborted });
  const parts = Array.from({ length: 10 }, () => ({ text: "a " }));
  const { model, calls } = scriptedModel(major, [says("", { parts })]);
  const reader = major.ai.streamText({ model, prompt: "a room", abortSignal: signal }).fullStream.getReader();
  while (calls.length === 0) await reader.read();
  await turn();
  const readsBefore = reads;
  while (!(await reader.read()).done);
  return reads === readsBefore;
};

/** A promise of a result does not read the result. It waits until somebody else does. */
export const promisesReadNothing: Proof = (major) => {
  const { model } = scriptedModel(major, [says("a room")]);
  return isPending(major.ai.streamText({ model, prompt: "a room" }).text);
};

export const warningsPend: Proof = async (major) => {
  const { model } = scriptedModel(major, [says('{"city":"Paris"}')]);
  const { streamObject } = major.ai as unknown as { streamObject(parameters: object): ObjectResult };
  const { warnings, fullStream } = streamObject({ model, prompt: "a room", output: "no-schema" });
  for await (const _part of fullStream);
  return isPending(warnings);
};

/** A loop that breaks calls `return` of its iterator, if it has one. */
export const loopsLeaveSilently: Proof = (major) => {
  const { model } = scriptedModel(major, [says("a room")]);
  return !("return" in major.ai.streamText({ model, prompt: "a room" }).textStream[Symbol.asyncIterator]());
};

/** The output of a tool is used as it is, even if it is iterable. */
export const iteratesNoOutputs: Proof = async (major) => {
  const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1")]);
  const execute = async function* (): AsyncGenerator<number> {
    yield 1;
  };
  const tools = { searchRooms: toolOf(major.ai, execute) };
  for await (const part of major.ai.streamText({ model, prompt: "a room", tools }).fullStream) {
    if (part.type === "tool-result") return (part as { output?: unknown }).output !== 1;
  }
  return false;
};
