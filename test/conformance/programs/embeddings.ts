/**
 * Embeddings: one span for each call of the program, however often the SDK calls the provider for it.
 */
import { apiCallError, RoomServiceError } from "../../support/failures.ts";
import { createGate } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import {
  operationOf,
  providerModel,
  type ProviderAnswer,
  type ProviderModelOptions,
} from "../../support/provider-model.ts";
import { reportedByEvents } from "../adapted-trees.ts";
import { modelSpan, ownSpan } from "../expected-spans.ts";
import type { TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { swallow } from "../script.ts";
import { withDefaultProvider } from "../../support/default-provider.ts";

const DIMENSIONS = { "gen_ai.embeddings.dimension.count": 3 };

function vectors(count: number, tokens?: number): ProviderAnswer {
  const embeddings = Array.from({ length: count }, () => [0.1, 0.2, 0.3]);
  return { answer: { embeddings, ...(tokens === undefined ? {} : { usage: { tokens } }), warnings: [] } };
}

interface Run {
  readonly name?: "embed" | "embedMany";
  readonly model?: ProviderModelOptions;
  readonly parameters?: CallParameters;
}

const PER_CALL = { maxEmbeddingsPerCall: 2, supportsParallelCalls: true };

async function run(app: ApplicationStage, answers: readonly ProviderAnswer[], how: Run = {}): Promise<void> {
  const { model } = providerModel(app.major, { doEmbed: answers }, { ...PER_CALL, ...how.model });
  const { name = "embed" } = how;
  const values = Array.from({ length: 5 }, (_, index) => `room ${index}`);
  await operationOf(app.sdk, name)({ model, value: "a room", values, ...how.parameters });
}

const table: readonly TreeProgram[] = [
  {
    title: "embeds one value",
    run: (app) => run(app, [vectors(1, 4)]),
    expected: modelSpan("embeddings", { usage: { input: 4 }, attributes: DIMENSIONS }),
  },
  {
    title: "embeds one value and gets no usage",
    run: (app) => run(app, [vectors(1)]),
    expected: modelSpan("embeddings", { attributes: DIMENSIONS }),
  },
  {
    title: "embeds many values in one call",
    run: (app) => run(app, [vectors(5, 20)], { name: "embedMany", model: { maxEmbeddingsPerCall: 10 } }),
    expected: modelSpan("embeddings", { usage: { input: 20 }, attributes: DIMENSIONS }),
  },
  {
    title: "embeds many values in parallel chunks",
    run: (app) => run(app, [vectors(2, 8), vectors(2, 8), vectors(1, 4)], { name: "embedMany" }),
    expected: modelSpan("embeddings", { usage: { input: 20 }, calls: 3, attributes: DIMENSIONS }),
  },
  {
    title: "embeds many values in chunks, one after the other",
    run: (app) =>
      run(app, [vectors(2, 8), vectors(2, 8), vectors(1, 4)], {
        name: "embedMany",
        parameters: { maxParallelCalls: 1 },
      }),
    expected: modelSpan("embeddings", { usage: { input: 20 }, calls: 3, attributes: DIMENSIONS }),
  },
  {
    title: "embeds many values, a chunk of them at the second attempt",
    run: (app) =>
      run(
        app,
        [
          vectors(2, 8),
          { rejection: apiCallError(app.major, { status: 503, retryable: true }) },
          vectors(1, 4),
          vectors(2, 8),
        ],
        { name: "embedMany" },
      ),
    expected: modelSpan("embeddings", { usage: { input: 20 }, calls: 3, retries: 1, attributes: DIMENSIONS }),
  },
  {
    title: "embeds one value at the third attempt",
    run: (app) => {
      const rejection = apiCallError(app.major, { status: 429, retryable: true });
      return run(app, [{ rejection }, { rejection }, vectors(1, 4)]);
    },
    expected: modelSpan("embeddings", { usage: { input: 4 }, retries: 2, attributes: DIMENSIONS }),
  },
  {
    title: "fails to embed with a status, after every attempt",
    run: (app) => {
      const rejection = apiCallError(app.major, { status: 429, retryable: true });
      return swallow(run(app, [{ rejection }, { rejection }], { parameters: { maxRetries: 1 } }));
    },
    expected: modelSpan("embeddings", { error: "429", retries: 1 }),
  },
  {
    title: "fails to embed one chunk and keeps what the others took",
    run: (app) =>
      swallow(
        run(app, [vectors(2, 8), vectors(2, 8), { rejection: new RoomServiceError("no") }], {
          name: "embedMany",
          parameters: { maxParallelCalls: 2 },
        }),
      ),
    expected: modelSpan("embeddings", {
      error: "RoomServiceError",
      usage: { input: 16 },
      calls: 2,
      attributes: DIMENSIONS,
    }),
  },
  {
    title: "is aborted while it embeds",
    run: async (app) => {
      const controller = new AbortController();
      const gate = createGate();
      const running = run(app, [{ gate }], { parameters: { abortSignal: controller.signal } });
      await gate.reached;
      controller.abort();
      gate.open();
      await swallow(running);
    },
    expected: modelSpan("embeddings", { canceled: "abort" }),
  },
  {
    title: "passes its deadline while it embeds",
    run: async (app) => {
      const controller = new AbortController();
      const gate = createGate();
      const running = run(app, [{ gate }], { parameters: { abortSignal: controller.signal } });
      await gate.reached;
      controller.abort(new DOMException("too late", "TimeoutError"));
      gate.open();
      await swallow(running);
    },
    expected: modelSpan("embeddings", { error: "timeout" }),
  },
  {
    title: "sends each chunk within the span",
    needsContextManager: true,
    run: (app) => {
      const onCall = (): void => app.tracer.startSpan("POST /embeddings").end();
      const answers = [vectors(2, 8), vectors(2, 8), vectors(1, 4)];
      return run(
        app,
        answers.map((answer) => ({ ...answer, onCall })),
        { name: "embedMany" },
      );
    },
    expected: modelSpan("embeddings", { usage: { input: 20 }, calls: 3, attributes: DIMENSIONS }, [
      ownSpan("POST /embeddings"),
      ownSpan("POST /embeddings"),
      ownSpan("POST /embeddings"),
    ]),
  },
  {
    title: "embeds within a turn, and keeps of it what embeddings have a place for",
    needsContextManager: true,
    run: (app) =>
      app.withTurn({ userId: "u-7", requestId: "r-1", agentName: "desk-agent", conversationId: "c-1" }, () =>
        run(app, [vectors(1, 4)], {
          parameters: app.major.telemetryOptions({
            functionId: "index-rooms",
            metadata: { plan: "pro", userId: "u-8" },
          }),
        }),
      ),
    expected: modelSpan("embeddings", {
      usage: { input: 4 },
      attributes: {
        ...DIMENSIONS,
        "user.id": "u-8",
        "ai_spans.turn.request_id": "r-1",
        "ai_spans.metadata.plan": "pro",
      },
    }),
  },
  {
    title: "embeds with the id of a model",
    run: async (app) => {
      const { model } = providerModel(
        app.major,
        { doEmbed: [vectors(1, 4)] },
        { provider: "openai.embedding", modelId: "embed-1" },
      );
      const specificationVersion = app.major.specification.toLowerCase();
      // v5 calls the factory `textEmbeddingModel`.
      const factory = app.major.name === "v5" ? "textEmbeddingModel" : "embeddingModel";
      await withDefaultProvider({ specificationVersion, [factory]: () => model }, async () => {
        await operationOf(app.sdk, "embed")({ model: "embed-1", value: "a room" });
      });
    },
    expected: modelSpan("embeddings", {
      model: "embed-1",
      provider: "openai",
      usage: { input: 4 },
      attributes: DIMENSIONS,
    }),
  },
  {
    title: "embeds with a model that the SDK does not take",
    run: (app) => swallow(operationOf(app.sdk, "embed")({ model: {}, value: "a room" })),
    expected: {
      name: "embeddings",
      kind: "CLIENT",
      status: "ERROR",
      attributes: {
        "gen_ai.operation.name": "embeddings",
        "error.type": "AI_UnsupportedModelVersionError",
      },
    },
    adapted: { reason: "the SDK resolves the model before it reports a start", expected: [] },
  },
];

export const embeddings: readonly TreeProgram[] = table.map((program) =>
  reportedByEvents(program, { retries: true }),
);
