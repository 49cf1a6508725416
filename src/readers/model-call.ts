/**
 * Provider-level shapes (specifications V2, V3, V4): the model, the options of one call and its direct answer.
 * Never reads prompt, tools, headers, provider options or content.
 */
import type { ModelRequest, ModelResponse, NumericSetting, RequestSettings } from "../semconv/records.ts";
import { isAbortSignal, isString, asRecord, stringOf } from "./guards.ts";
import { readFinishReason } from "./finish-reason.ts";
import { readUsage } from "./usage.ts";

export function readModel(model: unknown, options: unknown, streaming: boolean): ModelRequest {
  return {
    providerId: stringOf(asRecord(model)?.provider),
    model: stringOf(asRecord(model)?.modelId),
    streaming,
    wantsJson: asRecord(asRecord(options)?.responseFormat)?.type === "json",
  };
}

const NUMERIC_SETTINGS: readonly NumericSetting[] = [
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "frequencyPenalty",
  "presencePenalty",
  "seed",
];

/** Settings by the names that call parameters and provider-level options share in all majors. */
export function readSettings(options: unknown): RequestSettings {
  const settings: RequestSettings = {};
  for (const name of NUMERIC_SETTINGS) {
    const value = asRecord(options)?.[name];
    if (typeof value === "number" && Number.isFinite(value)) settings[name] = value;
  }
  const stopSequences = asRecord(options)?.stopSequences;
  if (Array.isArray(stopSequences) && stopSequences.length > 0 && stopSequences.every(isString)) {
    settings.stopSequences = stopSequences.slice();
  }
  const reasoning = asRecord(options)?.reasoning;
  // V4 only; `provider-default` asks for nothing.
  if (isString(reasoning) && reasoning !== "provider-default") settings.reasoning = reasoning;
  return settings;
}

export function readSignal(options: unknown): AbortSignal | undefined {
  const signal = asRecord(options)?.abortSignal;
  return isAbortSignal(signal) ? signal : undefined;
}

export function readGenerateResult(result: unknown): ModelResponse {
  const response = asRecord(result)?.response;
  return {
    id: stringOf(asRecord(response)?.id),
    model: stringOf(asRecord(response)?.modelId),
    finishReason: readFinishReason(asRecord(result)?.finishReason),
    usage: readUsage(asRecord(result)?.usage, asRecord(result)?.providerMetadata),
  };
}
