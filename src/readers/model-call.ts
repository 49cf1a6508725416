/**
 * Provider-level shapes (specifications V2, V3, V4): the model, the options of one call and what is reported of its
 * answer. Never reads prompt, tools, headers, provider options or content.
 */
import { providerName } from "../semconv/provider-name.ts";
import type { AttributeValue, ModelRequest, ModelResponse } from "../semconv/records.ts";
import { cut } from "../semconv/span-attributes.ts";
import { readFinishReasons } from "./finish-reason.ts";
import { asRecord, finiteNumber, isAbortSignal, isString, stringOf, wholeNumber } from "./structure.ts";
import { readServer } from "./server.ts";
import { addUsage } from "./usage.ts";

/** Stop sequences: of each the beginning. */
const MAXIMUM_TEXTS = 16;
const TEXT_LIMIT = 64;

interface Setting {
  /** What call parameters and provider-level options call it, in all majors. */
  readonly name: string;
  /** What it is in a record; `undefined`: as good as not given. */
  readonly read: (value: unknown) => AttributeValue | undefined;
  /** What a record calls it. */
  readonly told: string;
}

function setting(name: string, read: Setting["read"], told = name): Setting {
  return { name, read, told };
}

/** On invoke_agent as well. */
const SETTINGS: readonly Setting[] = [
  setting("maxOutputTokens", wholeNumber),
  setting("temperature", finiteNumber),
  setting("topP", finiteNumber),
  setting("frequencyPenalty", finiteNumber),
  setting("presencePenalty", finiteNumber),
  setting("seed", wholeNumber),
  setting("stopSequences", textsOf),
  setting("n", (value) => (value === 1 ? undefined : wholeNumber(value)), "choiceCount"),
];

const CALL_SETTINGS: readonly Setting[] = [
  ...SETTINGS,
  setting("topK", finiteNumber),
  // V4 only; `provider-default` asks for nothing.
  setting("reasoning", (value) => (value === "provider-default" ? undefined : stringOf(value))),
  setting("responseFormat", (value) => (asRecord(value)?.type === "json" ? "json" : undefined), "outputType"),
];

export function readModelRequest(model: unknown, options: unknown, isStream: boolean): ModelRequest {
  const settings = readSettings(options, CALL_SETTINGS);
  if (isStream) settings.stream = true;
  const { provider, requestModel } = readModelIdentity(model);
  const { serverAddress, serverPort } = readServer(model) ?? {};
  return { model: { provider, requestModel, serverAddress, serverPort }, settings };
}

/** @param model a model or its id */
export function readModelIdentity(model: unknown): Pick<ModelRequest["model"], "provider" | "requestModel"> {
  const given = asRecord(model);
  const provider = stringOf(given?.provider);
  return {
    provider: provider && providerName(provider),
    requestModel: stringOf(model) ?? stringOf(given?.modelId),
  };
}

/** @param options a call's parameters, a provider's options or an event */
export function readSettings(options: unknown, known = SETTINGS): ModelRequest["settings"] {
  const call = asRecord(options) ?? {};
  const settings: Record<string, AttributeValue> = {};
  for (const { name, read, told } of known) {
    const given = call[name];
    const value = given === undefined ? undefined : read(given);
    if (value !== undefined) settings[told] = value;
  }
  return settings;
}

/** The first texts of a list, cut. What is no text is left out, and the rest of a long list is not looked at. */
function textsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts: string[] = [];
  const count = Math.min(value.length, MAXIMUM_TEXTS);
  for (let index = 0; index < count; index += 1) {
    const text: unknown = value[index];
    if (isString(text)) texts.push(cut(text, TEXT_LIMIT));
  }
  return texts.length > 0 ? texts : undefined;
}

/** The signal in a call's parameters or a provider's options; `undefined` for what is none, or cannot be looked at. */
export function readSignal(options: unknown): AbortSignal | undefined {
  try {
    const signal = asRecord(options)?.abortSignal;
    return isAbortSignal(signal) ? signal : undefined;
  } catch {
    // A getter that throws, or a Proxy that refuses.
    return undefined;
  }
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
  if (Array.isArray(embeddings)) response.dimensionCount = wholeNumber(asRecord(embeddings[0])?.length);
  addUsage(response, usage, providerMetadata);
}
