/**
 * Plays one call of the SDK with a model that answers with garbage, and logs all that the application notices.
 */
import { settle, turn, turns } from "../support/gate.ts";
import type { CallParameters, Major, SDK } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { collectRejections } from "../support/rejections.ts";
import { emptySchema, toolOf, yieldTwice } from "../support/tools.ts";
import { describeValue } from "../transparency/describe-value.ts";
import { logPromise, logStream, type Watcher } from "../transparency/watch.ts";
import { MEGABYTE, type Names, type Recipe } from "./garbage.ts";

/** The ways to read a streamed result. */
export const READINGS = ["fullStream", "textStream", "text", "toUIMessageStream", "leaves"] as const;
export type Reading = (typeof READINGS)[number];

export interface Call {
  readonly operation: OperationName;
  /** The answer to every model call. */
  readonly answer: Recipe;
  /** Whether the provider rejects with the answer. */
  readonly rejects: boolean;
  readonly reading: Reading;
  /** More parameters of the call. */
  readonly settings: Recipe;
}

export type Channels = Readonly<Record<string, readonly unknown[]>>;

const METHODS = {
  generateText: "doGenerate",
  generateObject: "doGenerate",
  streamText: "doStream",
  streamObject: "doStream",
  embed: "doEmbed",
  embedMany: "doEmbed",
  rerank: "doRerank",
} as const;

export type OperationName = keyof typeof METHODS;
export const OPERATIONS = Object.keys(METHODS) as readonly OperationName[];

const CALLBACKS = ["onStepFinish", "onFinish", "onError", "onChunk", "onAbort"];
const PARTS_BEFORE_LEAVING = 2;
/** After this many turns, every call has ended that ever ends. */
const TURNS_TO_END = 200;
/** After this many turns, the longest answer could be read twice. */
const TURNS_TO_REST = 40;

/** Logs values by channel. The order of two channels depends on microtasks, so it is not compared. */
class ProgramLog implements Watcher {
  readonly channels: Record<string, unknown[]> = {};
  readonly names: Names = new Map([[MEGABYTE, "a megabyte"]]);

  log(channel: string, ...values: unknown[]): void {
    (this.channels[channel] ??= []).push(values.map((value) => describeValue(value, this.names)));
  }
}

export interface Played {
  readonly channels: Channels;
  /** Whether the call has ended. Some calls wait for ever, on the bare SDK too. */
  readonly ended: boolean;
}

export async function play(major: Major, sdk: SDK, call: Call): Promise<Played> {
  const watcher = new ProgramLog();
  const state = { ended: false };
  const rejections = await collectRejections(async () => {
    void runCall(major, sdk, call, watcher).then(
      () => (state.ended = true),
      (error: unknown) => {
        state.ended = true;
        watcher.log("call", "throws", error);
      },
    );
    await settle(() => state.ended, TURNS_TO_END);
    // The SDK may read on after the reader has left.
    if (call.reading === "leaves") await turns(TURNS_TO_REST);
  });
  for (const rejection of rejections) watcher.log("unhandled rejections", rejection);
  return { channels: structuredClone(watcher.channels), ...state };
}

async function runCall(major: Major, sdk: SDK, call: Call, watcher: ProgramLog): Promise<void> {
  const { operation } = call;
  const run = operationOf(sdk, operation);
  const parameters = parametersOf(major, sdk, call, watcher);
  if (!operation.startsWith("stream")) {
    watcher.log("call", "resolves", await run(parameters));
    return;
  }
  // The streaming functions return at once, not as a promise.
  const result: Readonly<Record<string, unknown>> = await run(parameters);
  if (operation === "streamObject") {
    await logStream(watcher, "parts", result["partialObjectStream"]);
    await logPromises(result, ["object", "usage", "response"], watcher);
    return;
  }
  if (call.reading !== "text") {
    const { reading } = call;
    const stream: unknown =
      reading === "toUIMessageStream"
        ? Reflect.apply(result[reading] as () => unknown, result, [])
        : result[reading === "leaves" ? "fullStream" : reading];
    await logStream(watcher, "parts", stream, reading === "leaves" ? PARTS_BEFORE_LEAVING : Infinity);
    // After its reader has left, the result has no more parts to compare.
    if (reading === "leaves") return;
  }
  await logPromises(result, ["text", "finishReason", "usage", "steps", "response"], watcher);
}

/** Records how each of the promises settles. A member that throws at its read counts as rejected. */
async function logPromises(
  result: Readonly<Record<string, unknown>>,
  members: readonly string[],
  watcher: ProgramLog,
): Promise<void> {
  await Promise.all(members.map((name) => logPromise(watcher, name, (async () => result[name])())));
}

/** The settings keep their getters. */
function parametersOf(major: Major, sdk: SDK, call: Call, watcher: ProgramLog): CallParameters {
  const parameters = soundParameters(major, sdk, call, watcher);
  const settings = call.settings.make(watcher.names);
  return Object.defineProperties(parameters, Object.getOwnPropertyDescriptors(settings));
}

function soundParameters(major: Major, sdk: SDK, call: Call, watcher: ProgramLog): CallParameters {
  const { operation, answer, rejects } = call;
  const method = METHODS[operation];
  const { model } = providerModel(major, {}, { supportedUrls: {}, maxEmbeddingsPerCall: 2 });
  Object.assign(model, {
    [method]: async () => {
      await turn();
      const made = answer.make(watcher.names);
      if (rejects) throw made;
      return made;
    },
  });
  let ids = 0;
  const generateId = (): string => `id-${(ids += 1)}`;
  const noted = (name: string) => (event: unknown) => watcher.log(name, event);
  const callbacks = Object.fromEntries(CALLBACKS.map((name) => [name, noted(name)]));
  const shared = {
    model,
    maxRetries: 0,
    _internal: { generateId, now: () => 0 },
  };
  switch (operation) {
    case "embed":
      return { ...shared, value: "a room" };
    case "embedMany":
      return { ...shared, values: ["a room", "a suite"] };
    case "rerank":
      return { ...shared, query: "a room", documents: ["a room", "a suite"] };
    case "generateObject":
    case "streamObject":
      return { ...shared, ...callbacks, prompt: "a room", schema: emptySchema(sdk) };
    case "generateText":
    case "streamText":
    default:
      return {
        ...shared,
        ...callbacks,
        prompt: "a room",
        includeRawChunks: true,
        stopWhen: major.stepCount(2),
        tools: { search: toolOf(sdk), watch: toolOf(sdk, yieldTwice) },
      };
  }
}
