/**
 * Images, speech, transcripts and videos: one span for each call of the program, with the type of its output.
 */
import { apiCallError } from "../../support/failures.ts";
import { createGate } from "../../support/gate.ts";
import type { CallParameters, MajorName } from "../../support/majors.ts";
import { operationOf, providerModel, type ProviderAnswer } from "../../support/provider-model.ts";
import { reportedByEvents, untold } from "../adapted-trees.ts";
import { modelSpan, ownSpan } from "../expected-spans.ts";
import type { TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { swallow } from "../script.ts";
import { withDefaultProvider } from "../../support/default-provider.ts";

/** A picture of one pixel, and bytes that the SDK accepts as sound and video. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const BYTES = new Uint8Array([1, 2, 3, 4]);

/** The response as provider packages return it: its model is the requested one. */
const response = { timestamp: new Date(0), modelId: "mock-model", headers: {} };

interface Medium {
  readonly name: string;
  readonly majors?: readonly MajorName[];
  readonly outputType: string;
  readonly parameters: CallParameters;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly factory: string;
  /** Majors that accept the id of a model instead of a model. */
  readonly byId: readonly MajorName[];
}

const EVERY: readonly MajorName[] = ["v5", "v6", "v7"];
const LATER: readonly MajorName[] = ["v6", "v7"];

const MEDIA: readonly Medium[] = [
  {
    name: "generateImage",
    outputType: "image",
    parameters: { prompt: "a room" },
    answer: { images: [PIXEL], warnings: [], response },
    factory: "imageModel",
    byId: EVERY,
  },
  {
    name: "generateSpeech",
    outputType: "speech",
    parameters: { text: "a room" },
    answer: { audio: BYTES, warnings: [], response },
    factory: "speechModel",
    byId: LATER,
  },
  {
    name: "transcribe",
    outputType: "text",
    parameters: { audio: BYTES },
    answer: { text: "a room", segments: [], warnings: [], response },
    factory: "transcriptionModel",
    byId: LATER,
  },
  {
    name: "generateVideo",
    majors: LATER,
    outputType: "video",
    parameters: { prompt: "a room" },
    answer: { videos: [{ type: "binary", data: BYTES, mediaType: "video/mp4" }], warnings: [], response },
    factory: "videoModel",
    byId: LATER,
  },
];

async function run(
  app: ApplicationStage,
  medium: Medium,
  answers: readonly ProviderAnswer[],
  parameters: CallParameters = {},
): Promise<void> {
  const { model } = providerModel(app.major, { doGenerate: answers });
  await operationOf(app.sdk, medium.name)({ model, ...medium.parameters, ...parameters });
}

function programsOf(medium: Medium): TreeProgram[] {
  const { name, answer, outputType, factory } = medium;
  const majors = medium.majors ?? EVERY;
  return [
    {
      title: `calls ${name}`,
      majors,
      run: (app) => run(app, medium, [{ answer }]),
      expected: modelSpan("generate_content", { outputType }),
    },
    {
      title: `calls ${name} and gets another model than it asked for`,
      majors,
      run: (app) =>
        run(app, medium, [{ answer: { ...answer, response: { ...response, modelId: "mock-2026" } } }]),
      expected: modelSpan("generate_content", {
        outputType,
        attributes: { "gen_ai.response.model": "mock-2026" },
      }),
    },
    {
      title: `calls ${name} twice, for the first attempt fails`,
      majors,
      run: (app) =>
        run(app, medium, [
          { rejection: apiCallError(app.major, { status: 503, retryable: true }) },
          { answer },
        ]),
      expected: modelSpan("generate_content", { outputType, retries: 1 }),
    },
    {
      title: `calls ${name}, which fails`,
      majors,
      run: (app) => swallow(run(app, medium, [{ rejection: apiCallError(app.major, { status: 400 }) }])),
      expected: modelSpan("generate_content", { outputType, error: "400" }),
    },
    {
      title: `calls ${name}, which is aborted`,
      majors,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const running = run(app, medium, [{ gate }], { abortSignal: controller.signal });
        await gate.reached;
        controller.abort();
        gate.open();
        await swallow(running);
      },
      expected: modelSpan("generate_content", { outputType, canceled: "abort" }),
    },
    {
      title: `calls ${name} for a conversation, with the request within the span`,
      majors,
      needsContextManager: true,
      run: (app) =>
        app.withTurn({ conversationId: "c-42", userId: "u-7", agentName: "desk-agent" }, () =>
          run(app, medium, [{ answer, onCall: () => app.tracer.startSpan("POST /media").end() }]),
        ),
      expected: modelSpan(
        "generate_content",
        { outputType, attributes: { "gen_ai.conversation.id": "c-42", "user.id": "u-7" } },
        [ownSpan("POST /media")],
      ),
    },
    {
      title: `calls ${name} with the id of a model`,
      majors: medium.byId,
      run: async (app) => {
        const { model } = providerModel(
          app.major,
          { doGenerate: [{ answer }] },
          { provider: "openai.media", modelId: "media-1" },
        );
        const specificationVersion = app.major.specification.toLowerCase();
        await withDefaultProvider({ specificationVersion, [factory]: () => model }, () =>
          run(app, medium, [], { model: "media-1" }),
        );
      },
      expected: modelSpan("generate_content", {
        outputType,
        model: "media-1",
        provider: "openai",
        attributes: { "gen_ai.response.model": "mock-model" },
      }),
    },
  ];
}

const [image, , , video] = MEDIA;

const table: readonly TreeProgram[] = [
  ...MEDIA.flatMap(programsOf),
  ...(image === undefined
    ? []
    : [
        {
          title: "calls generateImage for several images, each in a call of its own",
          run: (app: ApplicationStage) =>
            run(app, image, [{ answer: image.answer }, { answer: image.answer }], { n: 2, seed: 7 }),
          expected: modelSpan("generate_content", {
            outputType: "image",
            calls: 2,
            attributes: { "gen_ai.request.choice.count": 2, "gen_ai.request.seed": 7 },
          }),
        },
        {
          title: "calls generateImage with a model that keeps its limit to itself",
          run: async (app: ApplicationStage) => {
            const { model } = providerModel(app.major, { doGenerate: [{ answer: image.answer }] });
            class LimitedModel {
              readonly #limit = 4;

              maxImagesPerCall(): number {
                return this.#limit;
              }
            }
            const limited = Object.assign(new LimitedModel(), model);
            await operationOf(app.sdk, "generateImage")({ model: limited, prompt: "a room", n: 4 });
          },
          expected: modelSpan("generate_content", {
            outputType: "image",
            attributes: { "gen_ai.request.choice.count": 4 },
          }),
        },
        {
          title: "calls generateImage and gets its usage",
          run: (app: ApplicationStage) =>
            run(app, image, [
              { answer: { ...image.answer, usage: { inputTokens: 6, outputTokens: 9, totalTokens: 15 } } },
            ]),
          expected: modelSpan("generate_content", { outputType: "image", usage: { input: 6, output: 9 } }),
        },
        {
          title: "calls generateImage and gets no image",
          run: (app: ApplicationStage) =>
            swallow(run(app, image, [{ answer: { ...image.answer, images: [] } }], { maxRetries: 0 })),
          expected: modelSpan("generate_content", { outputType: "image", error: "AI_NoImageGeneratedError" }),
        },
      ]),
  ...(video === undefined
    ? []
    : [
        {
          title: "calls generateVideo and asks again until the video is there",
          majors: ["v7"] as const,
          run: async (app: ApplicationStage) => {
            const { model } = providerModel(app.major, {
              doStart: [{ answer: { operation: { id: "job-1" }, warnings: [], response } }],
              doStatus: [{ answer: { ...video.answer, status: "completed" } }],
            });
            await operationOf(
              app.sdk,
              "generateVideo",
            )({
              model,
              ...video.parameters,
              poll: { intervalMs: 0 },
            });
          },
          expected: modelSpan("generate_content", { outputType: "video", calls: 2 }),
        },
      ]),
];

/** The SDK reports speech and transcripts, but no images or videos. */
export const media: readonly TreeProgram[] = table.map((program) =>
  /generate(Image|Video)/.test(program.title) ? untold(program) : reportedByEvents(program),
);
