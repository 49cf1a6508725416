/**
 * Objects, embeddings, rankings and media: all that is asked of a model and is no conversation.
 */
import { z } from "zod";
import { DEFAULT_RESPONSE, DEFAULT_USAGE, rejects } from "../conformance/script.ts";
import { createGate } from "../support/gate.ts";
import type { CallParameters, MajorName, ReadableIterable } from "../support/majors.ts";
import { operationOf, providerModel, type ProviderAnswer } from "../support/provider-model.ts";
import type { ScriptedPart, ScriptedStep } from "../support/scripted-model.ts";
import { configWith, contentModel } from "./content-model.ts";
import { answerOf, apiErrorWith, errorWith, messagesOf, requestOf } from "./content.ts";
import type { Markers } from "./markers.ts";
import { abortable, witness, type CanaryProgram, type Stage } from "./stage.ts";

/** A picture of one pixel, with a word after its end. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

interface Operation {
  readonly name: string;
  readonly majors?: readonly MajorName[];
  readonly method: string;
  readonly isUntold?: boolean;
  readonly parameters: (markers: Markers) => CallParameters;
  readonly answer: (markers: Markers) => object;
}

const LATER: readonly MajorName[] = ["v6", "v7"];

const OPERATIONS: readonly Operation[] = [
  {
    name: "embed",
    method: "doEmbed",
    parameters: (markers) => ({ value: markers.text("embedding: value") }),
    answer: (markers) => ({ embeddings: [[markers.number("embedding")]], usage: { tokens: 3 } }),
  },
  {
    name: "embedMany",
    method: "doEmbed",
    parameters: (markers) => ({
      values: [markers.text("embedding: value"), markers.text("embedding: other")],
    }),
    answer: (markers) => ({
      embeddings: [[markers.number("embedding")], [markers.number("embedding: other")]],
      usage: { tokens: 3 },
    }),
  },
  {
    name: "rerank",
    majors: LATER,
    method: "doRerank",
    parameters: (markers) => ({
      query: markers.text("rerank: query"),
      documents: [markers.tree("rerank: document"), markers.tree("rerank: other document")],
    }),
    answer: (markers) => ({ ranking: [{ index: 0, relevanceScore: markers.number("rerank: score") }] }),
  },
  {
    name: "generateImage",
    method: "doGenerate",
    isUntold: true,
    parameters: (markers) => ({ prompt: markers.text("image: prompt") }),
    answer: (markers) => ({
      images: [new Uint8Array(Buffer.concat([PIXEL, markers.bytes("image")]))],
      providerMetadata: { mock: { images: [markers.tree("image: metadata")] } },
    }),
  },
  {
    name: "generateSpeech",
    method: "doGenerate",
    parameters: (markers) => ({
      text: markers.text("speech: text"),
      instructions: markers.text("speech: instructions"),
      voice: markers.text("speech: voice"),
    }),
    answer: (markers) => ({ audio: markers.bytes("speech") }),
  },
  {
    name: "transcribe",
    method: "doGenerate",
    parameters: (markers) => ({ audio: markers.bytes("transcript: audio") }),
    answer: (markers) => ({
      text: markers.text("transcript: text"),
      segments: [{ text: markers.text("transcript: segment"), startSecond: 0, endSecond: 1 }],
      language: "en",
    }),
  },
  {
    name: "generateVideo",
    majors: LATER,
    method: "doGenerate",
    isUntold: true,
    parameters: (markers) => ({ prompt: markers.text("video: prompt") }),
    answer: (markers) => ({
      videos: [{ type: "binary", data: markers.bytes("video"), mediaType: "video/mp4" }],
      providerMetadata: { mock: { videos: [markers.tree("video: metadata")] } },
    }),
  },
];

async function call(
  stage: Stage,
  operation: Operation,
  answer: ProviderAnswer,
  parameters: CallParameters = {},
): Promise<void> {
  const { major, sdk, markers, telemetry } = stage;
  const { model, calls } = providerModel(
    major,
    { [operation.method]: [{ ...answer, onCall: telemetry.propagate }] },
    {
      config: configWith(markers),
      maxEmbeddingsPerCall: 8,
      supportsParallelCalls: true,
      maxImagesPerCall: 4,
      maxVideosPerCall: 4,
    },
  );
  const given = { model, ...requestOf(major, markers), ...operation.parameters(markers), ...parameters };
  await witness(stage, () => operationOf(sdk, operation.name)(given));
  stage.seen.push(calls);
}

function answerWith(markers: Markers, operation: Operation): ProviderAnswer {
  const response = {
    timestamp: new Date(0),
    modelId: "mock-model",
    headers: { [markers.word("media: header name")]: markers.word("media: header") },
    body: markers.tree("media: body"),
  };
  const warnings = [{ type: "other", message: markers.text("media: warning") }];
  const metadata = { mock: markers.tree("media: metadata") };
  return {
    answer: { warnings, providerMetadata: metadata, response, ...operation.answer(markers) },
  };
}

/** It waits until the test lets go of it. */
async function abort(stage: Stage, waiting: (parameters: CallParameters, gate: Gate) => Promise<void>) {
  const gate = createGate();
  const { controller, parameters } = abortable();
  const calling = waiting(parameters, gate);
  // Not for ever: the program's outcome tells of one that never came so far.
  await Promise.race([gate.reached, calling]);
  controller.abort(errorWith(stage.markers, "abort"));
  gate.open();
  await calling;
}

type Gate = ReturnType<typeof createGate>;

function programsOf(operation: Operation): CanaryProgram[] {
  const { name, majors = ["v5", "v6", "v7"], isUntold = false } = operation;
  const shared = { majors, isUntold };
  return [
    {
      ...shared,
      title: `${name}: an answer`,
      outcome: "ok",
      run: (stage) => call(stage, operation, answerWith(stage.markers, operation)),
    },
    {
      ...shared,
      title: `${name}: a refusal of the provider`,
      outcome: "429",
      run: (stage) => call(stage, operation, { rejection: apiErrorWith(stage.major, stage.markers) }),
    },
    {
      ...shared,
      title: `${name}: an error that says something everywhere`,
      outcome: "_OTHER",
      run: (stage) => call(stage, operation, { rejection: errorWith(stage.markers, "failure") }),
    },
    {
      ...shared,
      title: `${name}: an abort`,
      outcome: "abort",
      run: (stage) => abort(stage, (parameters, gate) => call(stage, operation, { gate }, parameters)),
    },
  ];
}

interface ObjectStream {
  readonly fullStream: ReadableIterable<unknown>;
}

interface WithObjects {
  streamObject(parameters: CallParameters): ObjectStream;
}

async function askForObject(
  stage: Stage,
  isStreamed: boolean,
  step: ScriptedStep,
  parameters: CallParameters = {},
  isLeft = false,
): Promise<void> {
  const { major, sdk, markers, telemetry } = stage;
  const { model, calls } = contentModel(major, markers, [step], telemetry.propagate);
  const given = {
    model,
    ...requestOf(major, markers),
    allowSystemInMessages: true,
    messages: messagesOf(markers)
      .filter((message) => Reflect.get(message, "role") !== "tool")
      .slice(0, 2),
    schema: z.object({ city: z.string().describe(markers.text("object: field")) }),
    schemaName: markers.word("object: name"),
    schemaDescription: markers.text("object: description"),
    onError: () => {},
    ...parameters,
  };
  await witness(stage, async () => {
    if (!isStreamed) return operationOf(sdk, "generateObject")(given);
    // It gives its result at once.
    const { fullStream } = (sdk as unknown as WithObjects).streamObject(given);
    const parts: unknown[] = [];
    for await (const part of fullStream) if (parts.push(part) > 0 && isLeft) break;
    return parts;
  });
  stage.seen.push(calls);
}

const says = (parts: readonly ScriptedPart[], step: ScriptedStep = {}): ScriptedStep => ({
  parts,
  usage: DEFAULT_USAGE,
  response: DEFAULT_RESPONSE,
  ...step,
});

const objectOf = ({ markers }: Stage): ScriptedPart => ({
  text: JSON.stringify({ city: markers.text("object: value") }),
});

function objectPrograms(isStreamed: boolean): CanaryProgram[] {
  const name = isStreamed ? "streamObject" : "generateObject";
  const streamed: CanaryProgram[] = [
    {
      title: `${name}: an error that comes in between`,
      outcome: "429",
      run: (stage) => {
        const error = apiErrorWith(stage.major, stage.markers);
        return askForObject(stage, true, says([objectOf(stage), { error }], { finish: null }));
      },
    },
    {
      title: `${name}: an object that its reader leaves`,
      outcome: "consumer",
      run: (stage) => askForObject(stage, true, says([objectOf(stage), objectOf(stage)]), {}, true),
    },
  ];
  return [
    {
      title: `${name}: an object`,
      outcome: "ok",
      run: (stage) => askForObject(stage, isStreamed, says([objectOf(stage)])),
    },
    {
      title: `${name}: what is no object`,
      outcome: "AI_NoObjectGeneratedError",
      run: (stage) => askForObject(stage, isStreamed, says(answerOf(stage.major, stage.markers))),
    },
    {
      title: `${name}: a repair that fails`,
      outcome: "_OTHER",
      run: (stage) => {
        const repair = async (): Promise<never> => {
          throw errorWith(stage.markers, "repair");
        };
        const step = says([{ text: stage.markers.text("no object") }]);
        return askForObject(stage, isStreamed, step, { experimental_repairText: repair });
      },
    },
    {
      title: `${name}: a refusal of the provider`,
      outcome: "429",
      run: (stage) => askForObject(stage, isStreamed, rejects(apiErrorWith(stage.major, stage.markers))),
    },
    {
      title: `${name}: an abort`,
      outcome: "abort",
      run: (stage) =>
        abort(stage, (parameters, gate) =>
          askForObject(stage, isStreamed, says([objectOf(stage), { gate }]), parameters),
        ),
    },
    ...(isStreamed ? streamed : []),
  ];
}

export const modelPrograms: readonly CanaryProgram[] = [
  ...objectPrograms(false),
  ...objectPrograms(true),
  ...OPERATIONS.flatMap(programsOf),
];
