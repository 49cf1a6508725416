/**
 * The programs into which faults are injected. They cover the ways in which a call of the SDK can end, and run on all
 * majors.
 */
import { callsTools, rejects, says } from "../conformance/script.ts";
import { agentClassOf } from "../support/agents.ts";
import { apiCallError } from "../support/failures.ts";
import type { CallParameters, StreamResult } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { abortingTool, threeTools } from "../support/tools.ts";
import type { WatchedProgram, WatchedStage } from "../transparency/stage.ts";
import { callbacks, logOutcome, logStream } from "../transparency/watch.ts";

/** Results that a program leaves. They are held, so that they are not collected before the test is over. */
const held: unknown[] = [];

export function dropHeldResults(): void {
  held.length = 0;
}

const CALLBACKS = ["onStepFinish", "onFinish", "onAbort"];
const LONG = says("", { parts: Array.from({ length: 30 }, () => ({ text: "room " })) });

function loopSteps(): readonly ScriptedStep[] {
  const names = ["searchRooms", "watchRooms", "bookRoom"];
  return [callsTools(names.map((name, index) => ({ name, id: `call-${index}` }))), says("a room")];
}

/** A loop over three tools: one returns, one streams, one throws. */
function loop(stage: WatchedStage, more: CallParameters = {}): CallParameters {
  const { sdk, major } = stage;
  return stage.call(stage.model(loopSteps()), {
    tools: threeTools(sdk),
    stopWhen: major.stepCount(5),
    ...callbacks(stage, CALLBACKS),
    ...major.telemetryOptions({ functionId: "booking-agent", metadata: { userId: "u-7", plan: "pro" } }),
    ...more,
  });
}

/** A loop whose first tool aborts the run. */
function abortingLoop(stage: WatchedStage): CallParameters {
  const controller = new AbortController();
  return loop(stage, {
    tools: { searchRooms: abortingTool(stage.sdk, controller) },
    abortSignal: controller.signal,
  });
}

function retried(stage: WatchedStage): CallParameters {
  const rejections = [apiCallError(stage.major, { status: 429, retryable: true })];
  return stage.call(stage.model([says("a room", { rejections })]));
}

function settingsOf(parameters: CallParameters): CallParameters {
  const { prompt: _prompt, ...settings } = parameters;
  return settings;
}

/** Starts a stream in its own function, so that nothing holds the stream when the program has ended. */
function opens(
  stage: WatchedStage,
  parameters: CallParameters = stage.call(stage.model([LONG])),
): StreamResult {
  return stage.sdk.streamText(parameters);
}

async function leave(stage: WatchedStage, name: string, stream: AsyncIterable<unknown>): Promise<void> {
  for await (const part of stream) {
    stage.log(name, part);
    break;
  }
}

const EMBEDDINGS = { embeddings: [[1, 2]], usage: { tokens: 4 }, warnings: [] };
const OBJECT = { output: "no-schema" };

export const PROGRAMS: readonly WatchedProgram[] = [
  {
    title: "generates text with tools",
    run: (stage) => logOutcome(stage, "call", () => stage.sdk.generateText(loop(stage))),
  },
  {
    title: "streams text with tools to its end",
    run: (stage) => logStream(stage, "parts", stage.sdk.streamText(loop(stage)).fullStream),
  },
  {
    title: "leaves a stream early",
    run: (stage) => leave(stage, "parts", opens(stage).fullStream),
  },
  {
    title: "reads a stream in one of two ways",
    run: async (stage) => {
      const result = opens(stage);
      held.push(result.fullStream);
      await logStream(stage, "texts", result.textStream);
    },
  },
  {
    title: "leaves a result unread and holds it",
    run: (stage) => void held.push(opens(stage)),
  },
  {
    title: "drops a result unread",
    run: (stage) => void opens(stage),
  },
  {
    title: "is aborted inside a tool",
    run: (stage) => logOutcome(stage, "call", () => stage.sdk.generateText(abortingLoop(stage))),
  },
  {
    title: "is aborted inside a tool of a stream",
    run: (stage) => logStream(stage, "parts", stage.sdk.streamText(abortingLoop(stage)).fullStream),
  },
  {
    title: "has a model that fails",
    run: (stage) => {
      const model = stage.model([rejects(new RangeError("no"))]);
      return logOutcome(stage, "call", () => stage.sdk.generateText(stage.call(model)));
    },
  },
  {
    title: "has a model whose stream fails",
    run: (stage) => {
      const model = stage.model([{ parts: [{ text: "a " }], streamError: new RangeError("no") }]);
      return logStream(stage, "parts", opens(stage, stage.call(model)).fullStream);
    },
  },
  {
    title: "has a model that is asked again",
    run: (stage) => logOutcome(stage, "call", () => stage.sdk.generateText(retried(stage))),
  },
  {
    title: "streams from a model that is asked again",
    run: (stage) => logStream(stage, "parts", opens(stage, retried(stage)).fullStream),
  },
  {
    title: "has an agent generate",
    run: (stage) => {
      const agent = new (agentClassOf(stage.sdk))(settingsOf(loop(stage)));
      return logOutcome(stage, "call", () => agent.generate({ prompt: "a room" }));
    },
  },
  {
    title: "has an agent stream",
    run: async (stage) => {
      const agent = new (agentClassOf(stage.sdk))(settingsOf(loop(stage)));
      const { fullStream } = await agent.stream({ prompt: "a room" });
      await logStream(stage, "parts", fullStream);
    },
  },
  {
    title: "embeds values in two calls",
    run: (stage) => {
      const { model } = providerModel(
        stage.major,
        { doEmbed: [{ answer: EMBEDDINGS }, { answer: EMBEDDINGS }] },
        { maxEmbeddingsPerCall: 1, supportsParallelCalls: true },
      );
      const call = { model, values: ["a", "b"] };
      return logOutcome(stage, "call", () => operationOf(stage.sdk, "embedMany")(call));
    },
  },
  {
    title: "generates an object",
    run: (stage) => {
      const call = stage.call(stage.model([says('{"city":"Paris"}')]), OBJECT);
      return logOutcome(stage, "call", () => operationOf(stage.sdk, "generateObject")(call));
    },
  },
  {
    title: "streams an object",
    run: (stage) => {
      const call = stage.call(stage.model([says('{"city":"Paris"}')]), OBJECT);
      // `streamObject` returns its result at once. The shared type calls it a promise.
      const result: unknown = operationOf(stage.sdk, "streamObject")(call);
      const { partialObjectStream } = result as { readonly partialObjectStream: AsyncIterable<unknown> };
      return logStream(stage, "objects", partialObjectStream);
    },
  },
];
