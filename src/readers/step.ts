/**
 * Reads the answer of a model call from a finished step (v5 to v7). The step is a `finish-step` part, the event of
 * `onStepFinish`, or an event of `generateObject` or `streamObject`. When the provider reported no id or model, the SDK
 * inserts one, which is not read.
 */
import type { ModelResponse } from "../semconv/records.ts";
import { addFinish } from "./model-call.ts";
import {
  asRecord,
  finiteNumber,
  isRecord,
  readProperty,
  stringOf,
  type UnknownRecord,
} from "../foundation/structure.ts";

/** An id that the SDK generated, because the provider reported none (`createIdGenerator`, v5 to v7). */
const GENERATED_ID = /^ai(txt|obj)-/;

/** @param requestModel the requested model. The SDK uses it as the response model when the provider named none. */
export function addStepAnswer(
  response: ModelResponse,
  step: UnknownRecord,
  requestModel: string | undefined,
): void {
  const usage = asRecord(readProperty(step, "usage"));
  const finishReason = readProperty(step, "finishReason");
  const answer = readProperty(step, "response");
  const [id, modelId] = [readProperty(answer, "id"), readProperty(answer, "modelId")];
  const responseId = stringOf(id);
  if (responseId !== undefined && !GENERATED_ID.test(responseId)) response.responseId = responseId;
  if (modelId !== requestModel) response.responseModel = stringOf(modelId) ?? response.responseModel;
  // v7 has the time in one property for text and in another for objects. Both are `undefined` when the answer was no
  // stream.
  const textMs = readProperty(readProperty(step, "performance"), "timeToFirstOutputMs");
  const firstChunkMs = finiteNumber(textMs ?? readProperty(step, "msToFirstChunk"));
  if (firstChunkMs !== undefined) response.timeToFirstChunkSeconds = firstChunkMs / 1000;
  addFinish(response, {
    usage: usage && usageOf(usage),
    finishReason: isUnanswered(finishReason, usage) ? undefined : finishReason,
    providerMetadata: readProperty(step, "providerMetadata"),
  });
}

/** Whether the model's stream ended without a `finish` part. The SDK then reports the reason `other` and no counts. */
function isUnanswered(finishReason: unknown, usage: UnknownRecord | undefined): boolean {
  return finiteNumber(usage?.inputTokens) === undefined && finishReason === "other";
}

/**
 * Converts the SDK's token counts to the shape of a provider's counts. Flat counts (v5) have the same shape in both.
 */
function usageOf(usage: UnknownRecord): UnknownRecord {
  const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails, raw } = usage;
  if (!isRecord(inputTokenDetails) && !isRecord(outputTokenDetails)) return usage;
  const input = asRecord(inputTokenDetails);
  return {
    inputTokens: {
      total: inputTokens,
      cacheRead: input?.cacheReadTokens,
      cacheWrite: input?.cacheWriteTokens,
    },
    outputTokens: { total: outputTokens, reasoning: asRecord(outputTokenDetails)?.reasoningTokens },
    raw,
  };
}
