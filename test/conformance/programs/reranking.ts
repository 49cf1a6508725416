/**
 * Reranking, which v5 does not have.
 */
import { apiCallError } from "../../support/failures.ts";
import { createGate } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import { operationOf, providerModel, type ProviderAnswer } from "../../support/provider-model.ts";
import { reportedByEvents } from "../adapted-trees.ts";
import { modelSpan, ownSpan } from "../expected-spans.ts";
import type { TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { swallow } from "../script.ts";
import { withDefaultProvider } from "../../support/default-provider.ts";

const MAJORS = { majors: ["v6", "v7"] } as const;

function ranking(response?: object): ProviderAnswer {
  const order = [1, 0].map((index) => ({ index, relevanceScore: 1 - index / 2 }));
  return { answer: { ranking: order, ...(response === undefined ? {} : { response }) } };
}

async function run(
  app: ApplicationStage,
  answers: readonly ProviderAnswer[],
  parameters: CallParameters = {},
): Promise<void> {
  const { model } = providerModel(app.major, { doRerank: answers });
  await operationOf(
    app.sdk,
    "rerank",
  )({ model, documents: ["a room", "a suite"], query: "cheap", ...parameters });
}

const table: readonly TreeProgram[] = [
  { ...MAJORS, title: "reranks", run: (app) => run(app, [ranking()]), expected: modelSpan("rerank") },
  {
    ...MAJORS,
    title: "reranks and gets the id and the model of the answer",
    run: (app) => run(app, [ranking({ id: "response-1", modelId: "mock-model-2026-01-01" })]),
    expected: modelSpan("rerank", {
      attributes: { "gen_ai.response.id": "response-1", "gen_ai.response.model": "mock-model-2026-01-01" },
    }),
  },
  {
    ...MAJORS,
    title: "reranks at the second attempt",
    run: (app) =>
      run(app, [{ rejection: apiCallError(app.major, { status: 503, retryable: true }) }, ranking()]),
    expected: modelSpan("rerank", { retries: 1 }),
  },
  {
    ...MAJORS,
    title: "fails to rerank",
    run: (app) => swallow(run(app, [{ rejection: apiCallError(app.major, { status: 401 }) }])),
    expected: modelSpan("rerank", { error: "401" }),
  },
  {
    ...MAJORS,
    title: "is aborted while it reranks",
    run: async (app) => {
      const controller = new AbortController();
      const gate = createGate();
      const running = run(app, [{ gate }], { abortSignal: controller.signal });
      await gate.reached;
      controller.abort();
      gate.open();
      await swallow(running);
    },
    expected: modelSpan("rerank", { canceled: "abort" }),
  },
  {
    ...MAJORS,
    title: "reranks for a conversation, with the request within the span",
    needsContextManager: true,
    run: (app) =>
      app.withTurn({ conversationId: "c-42", userId: "u-7", agentName: "desk-agent" }, () =>
        run(app, [{ ...ranking(), onCall: () => app.tracer.startSpan("POST /rerank").end() }]),
      ),
    expected: modelSpan("rerank", { attributes: { "gen_ai.conversation.id": "c-42", "user.id": "u-7" } }, [
      ownSpan("POST /rerank"),
    ]),
  },
  {
    ...MAJORS,
    title: "reranks with the id of a model",
    run: async (app) => {
      const { model } = providerModel(
        app.major,
        { doRerank: [ranking()] },
        { provider: "cohere.reranking", modelId: "rerank-1" },
      );
      const specificationVersion = app.major.specification.toLowerCase();
      await withDefaultProvider({ specificationVersion, rerankingModel: () => model }, () =>
        run(app, [], { model: "rerank-1" }),
      );
    },
    expected: modelSpan("rerank", { model: "rerank-1", provider: "cohere" }),
  },
];

export const reranking: readonly TreeProgram[] = table.map((program) =>
  reportedByEvents(program, { retries: true }),
);
