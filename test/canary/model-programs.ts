/**
 * Programs that create embeddings, rankings and media, with every outcome.
 */
import type { CallParameters, MajorName } from "../support/majors.ts";
import { operationOf, providerModel, type ProviderAnswer } from "../support/provider-model.ts";
import { configWith } from "./content-model.ts";
import { apiErrorWith, errorWith, requestOf } from "./content.ts";
import type { Markers } from "./markers.ts";
import { abortWaiting, type CanaryProgram, type CanaryStage, witness } from "./stage.ts";

/** A picture of one pixel. A program appends a marker after its last byte. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

interface Operation {
  readonly name: string;
  readonly majors?: readonly MajorName[];
  readonly method: string;
  readonly isUnreported?: boolean;
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
    isUnreported: true,
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
    isUnreported: true,
    parameters: (markers) => ({ prompt: markers.text("video: prompt") }),
    answer: (markers) => ({
      videos: [{ type: "binary", data: markers.bytes("video"), mediaType: "video/mp4" }],
      providerMetadata: { mock: { videos: [markers.tree("video: metadata")] } },
    }),
  },
];

async function call(
  stage: CanaryStage,
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
  const callParameters = {
    model,
    ...requestOf(major, markers),
    ...operation.parameters(markers),
    ...parameters,
  };
  await witness(stage, () => operationOf(sdk, operation.name)(callParameters));
  stage.received.push(calls);
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

function programsOf(operation: Operation): CanaryProgram[] {
  const { name, majors = ["v5", "v6", "v7"], isUnreported = false } = operation;
  const shared = { majors, isUnreported };
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
      title: `${name}: an error with content in every property`,
      outcome: "_OTHER",
      run: (stage) => call(stage, operation, { rejection: errorWith(stage.markers, "failure") }),
    },
    {
      ...shared,
      title: `${name}: an abort`,
      outcome: "abort",
      run: (stage) => abortWaiting(stage, (parameters, gate) => call(stage, operation, { gate }, parameters)),
    },
  ];
}

export const modelPrograms: readonly CanaryProgram[] = OPERATIONS.flatMap(programsOf);
