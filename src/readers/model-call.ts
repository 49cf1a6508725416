/**
 * Provider-level shapes (specifications V2, V3, V4): the model, the options of one call and what is reported of its
 * answer. Never reads prompt, tools, headers, provider options or content.
 */
import { REQUEST_NUMBER_KEYS } from "../semconv/attributes.ts";
import { providerName } from "../semconv/provider-name.ts";
import type { ModelRequest, ModelResponse, RequestSettings } from "../semconv/records.ts";
import { readFinishReasons } from "./finish-reason.ts";
import { asRecord, finiteNumber, isAbortSignal, isString, stringOf } from "./guards.ts";
import { readServer } from "./server.ts";
import { readUsage } from "./usage.ts";

export function readModelRequest(model: unknown, options: unknown, isStream: boolean): ModelRequest {
  const call = asRecord(options);
  const providerId = stringOf(asRecord(model)?.provider);
  const reasoning = call?.reasoning;
  return {
    ...readSettings(options),
    ...readServer(model),
    topK: finiteNumber(call?.topK),
    // V4 only; `provider-default` asks for nothing.
    reasoning: isString(reasoning) && reasoning !== "provider-default" ? reasoning : undefined,
    provider: providerId && providerName(providerId),
    requestModel: stringOf(asRecord(model)?.modelId),
    stream: isStream || undefined,
    outputType: asRecord(call?.responseFormat)?.type === "json" ? "json" : undefined,
  };
}

/**
 * Settings by the names that call parameters and provider-level options share in all majors, as far as the conventions
 * have a key for them on invoke_agent.
 */
export function readSettings(options: unknown): RequestSettings {
  const call = asRecord(options);
  const settings: Record<string, unknown> & RequestSettings = {};
  for (const name in REQUEST_NUMBER_KEYS) settings[name] = finiteNumber(call?.[name]);
  const stopSequences = call?.stopSequences;
  if (Array.isArray(stopSequences) && stopSequences.length > 0 && stopSequences.every(isString)) {
    settings.stopSequences = stopSequences.slice();
  }
  return settings;
}

export function readSignal(options: unknown): AbortSignal | undefined {
  const signal = asRecord(options)?.abortSignal;
  return isAbortSignal(signal) ? signal : undefined;
}

/** @param metadata a direct answer's `response`, or a `response-metadata` part */
export function addMetadata(response: ModelResponse, metadata: unknown): void {
  response.responseId = stringOf(asRecord(metadata)?.id) ?? response.responseId;
  response.responseModel = stringOf(asRecord(metadata)?.modelId) ?? response.responseModel;
}

/** @param finish a direct answer, or a `finish` part */
export function addFinish(response: ModelResponse, finish: unknown): void {
  const { finishReason, usage, providerMetadata } = asRecord(finish) ?? {};
  response.finishReasons = readFinishReasons(finishReason);
  Object.assign(response, readUsage(usage, providerMetadata));
}
