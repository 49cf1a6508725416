/**
 * Provider-level shapes (specifications V2, V3, V4): the model, the options of one call and what is reported of its
 * answer. Never reads prompt, tools, headers, provider options or content.
 */
import { providerName } from "../semconv/provider-name.ts";
import type { ModelRequest, ModelResponse, RequestSettings } from "../semconv/records.ts";
import { readFinishReasons } from "./finish-reason.ts";
import { asRecord, finiteNumber, isAbortSignal, isString, stringOf, wholeNumber } from "./guards.ts";
import { readServer } from "./server.ts";
import { readUsage } from "./usage.ts";

export function readModelRequest(model: unknown, options: unknown, isStream: boolean): ModelRequest {
  const call = asRecord(options);
  const request: ModelRequest = readSettings(options);
  request.topK = finiteNumber(call?.topK);
  const reasoning = stringOf(call?.reasoning);
  // V4 only; `provider-default` asks for nothing.
  if (reasoning !== "provider-default") request.reasoning = reasoning;
  request.provider = readProvider(model);
  request.requestModel = readModelId(model);
  const server = readServer(model);
  request.serverAddress = server?.serverAddress;
  request.serverPort = server?.serverPort;
  if (isStream) request.stream = true;
  if (asRecord(call?.responseFormat)?.type === "json") request.outputType = "json";
  return request;
}

/** @param model a model or its id */
export function readModelIdentity(model: unknown): Pick<ModelRequest, "provider" | "requestModel"> {
  return { provider: readProvider(model), requestModel: readModelId(model) };
}

function readProvider(model: unknown): string | undefined {
  const provider = stringOf(asRecord(model)?.provider);
  return provider && providerName(provider);
}

function readModelId(model: unknown): string | undefined {
  return stringOf(model) ?? stringOf(asRecord(model)?.modelId);
}

/**
 * Settings by the names that call parameters and provider-level options share in all majors, as far as the conventions
 * have a key for them on invoke_agent.
 */
export function readSettings(options: unknown): RequestSettings {
  const call = asRecord(options);
  const stopSequences = call?.stopSequences;
  const choiceCount = wholeNumber(call?.n);
  return {
    maxOutputTokens: wholeNumber(call?.maxOutputTokens),
    temperature: finiteNumber(call?.temperature),
    topP: finiteNumber(call?.topP),
    frequencyPenalty: finiteNumber(call?.frequencyPenalty),
    presencePenalty: finiteNumber(call?.presencePenalty),
    seed: wholeNumber(call?.seed),
    stopSequences:
      Array.isArray(stopSequences) && stopSequences.length > 0 && stopSequences.every(isString)
        ? stopSequences.slice()
        : undefined,
    choiceCount: choiceCount === 1 ? undefined : choiceCount,
  };
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
  const { finishReason, usage, providerMetadata, embeddings } = asRecord(finish) ?? {};
  response.finishReasons = readFinishReasons(finishReason);
  // How long a vector is; never what it says.
  const dimensionCount = Array.isArray(embeddings) ? wholeNumber(asRecord(embeddings[0])?.length) : undefined;
  Object.assign(response, readUsage(usage, providerMetadata), { dimensionCount });
}
