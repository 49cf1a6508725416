/**
 * Operations with one span for all their calls of a provider. When the caller aborts, the span ends at once. The SDK
 * has not noticed the abort and still calls the model.
 *
 * Holds: operations-without-agent.
 */
import { wrapAISDK } from "ai-spans";
import { describe, test } from "vitest";
import { modelSpan } from "../conformance/expected-spans.ts";
import { swallow } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { operationOf, providerModel } from "../support/provider-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { expectSpans } from "./expect-spans.ts";

describe.each(majors)("on $name", (major) => {
  test.each(["embed", "embedMany"])("%s is aborted before its model is called", async (name) => {
    const telemetry = setupTelemetry();
    const controller = new AbortController();
    const vectors = { embeddings: [[0.1, 0.2, 0.3]], warnings: [] };
    const { model } = providerModel(major, { doEmbed: [{ answer: vectors }] });
    const parameters = { model, value: "a room", values: ["a room"], abortSignal: controller.signal };
    const running = operationOf(wrapAISDK(major.ai), name)(parameters);
    controller.abort();
    await swallow(running);
    await expectSpans(telemetry, modelSpan("embeddings", { canceled: "abort" }));
  });
});
