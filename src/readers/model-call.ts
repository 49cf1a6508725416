/**
 * Provider-level shapes (specifications V2, V3, V4): the model, the options of one call and its direct answer.
 * Never reads prompt, tools, headers, provider options or content.
 */
import type { ModelRequest, ModelResponse, RequestSettings } from "../semconv/records.ts";
import { finiteNumber, isAbortSignal, property, stringOf } from "./guards.ts";
import { readFinishReason } from "./finish-reason.ts";
import { readUsage } from "./usage.ts";

export function readModel(model: unknown, streaming: boolean): ModelRequest {
  return {
    providerId: stringOf(property(model, "provider")),
    model: stringOf(property(model, "modelId")),
    streaming,
  };
}

/** Settings by the names that call parameters and provider-level options share in all majors. */
export function readSettings(options: unknown): RequestSettings {
  return {
    maxTokens: finiteNumber(property(options, "maxOutputTokens")),
    temperature: finiteNumber(property(options, "temperature")),
    topP: finiteNumber(property(options, "topP")),
    topK: finiteNumber(property(options, "topK")),
    frequencyPenalty: finiteNumber(property(options, "frequencyPenalty")),
    presencePenalty: finiteNumber(property(options, "presencePenalty")),
    seed: finiteNumber(property(options, "seed")),
    stopSequences: readStopSequences(property(options, "stopSequences")),
    reasoningLevel: readReasoningLevel(property(options, "reasoning")),
  };
}

export function readWantsJson(options: unknown): boolean {
  return property(property(options, "responseFormat"), "type") === "json";
}

export function readSignal(options: unknown): AbortSignal | undefined {
  const signal = property(options, "abortSignal");
  return isAbortSignal(signal) ? signal : undefined;
}

export function readGenerateResult(result: unknown): ModelResponse {
  const response = property(result, "response");
  return {
    id: stringOf(property(response, "id")),
    model: stringOf(property(response, "modelId")),
    finishReason: readFinishReason(property(result, "finishReason")),
    usage: readUsage(property(result, "usage"), property(result, "providerMetadata")),
  };
}

function readStopSequences(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((entry) => typeof entry === "string") ? value.slice() : undefined;
}

/** V4 only; `provider-default` asks for nothing. */
function readReasoningLevel(value: unknown): string | undefined {
  return value === "provider-default" ? undefined : stringOf(value);
}
