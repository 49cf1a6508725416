/**
 * What a finished step of the SDK says of its model call's answer (v5 to v7): the `finish-step` part, the event of
 * `onStepFinish`, and the events of an object. The SDK fills in what the provider left out; that is not read.
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

/** How the ids begin that the SDK makes where the provider gave none (`createIdGenerator`, v5 to v7). */
const GENERATED_ID = /^ai(txt|obj)-/;

/** @param requestModel the model that was asked for, which the SDK puts where the provider named none */
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
  // v7 measures it: of text, and of an object. Both are `undefined` where the answer was no stream.
  const textMs = readProperty(readProperty(step, "performance"), "timeToFirstOutputMs");
  const firstChunkMs = finiteNumber(textMs ?? readProperty(step, "msToFirstChunk"));
  if (firstChunkMs !== undefined) response.timeToFirstChunkSeconds = firstChunkMs / 1000;
  addFinish(response, {
    usage: usage && usageOf(usage),
    finishReason: isUnanswered(finishReason, usage) ? undefined : finishReason,
    providerMetadata: readProperty(step, "providerMetadata"),
  });
}

/** What the SDK says of a stream without a `finish` part. */
function isUnanswered(finishReason: unknown, usage: UnknownRecord | undefined): boolean {
  return finiteNumber(usage?.inputTokens) === undefined && finishReason === "other";
}

/** The SDK's counts in the provider's shape: flat ones (v5) are the same there, those by part (v6, v7) are not. */
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
