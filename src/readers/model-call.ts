/**
 * Reads a provider's values (specifications V2, V3, V4). From a call: the model, the settings and the number of
 * messages. From an answer: ids, counts and finish reasons. Never reads a message, tools, headers, provider options or
 * content.
 */
import { providerName } from "../semconv/provider-name.ts";
import type { AttributeValue, ModelNames, ModelRequest, ModelResponse } from "../semconv/records.ts";
import { cut } from "../semconv/span-attributes.ts";
import { readFinishReasons } from "./finish-reason.ts";
import {
  asRecord,
  finiteNumber,
  isAbortSignal,
  isString,
  readProperty,
  stringOf,
  wholeNumber,
} from "../foundation/structure.ts";
import { UNREADABLE_SIGNAL } from "./failure.ts";
import { readServer } from "./server.ts";
import { addUsage } from "./usage.ts";

/** Limits of recorded stop sequences: `MAXIMUM_TEXTS` sequences, each of `TEXT_LIMIT` UTF-16 units. */
const MAXIMUM_TEXTS = 16;
const TEXT_LIMIT = 64;

interface Setting {
  /** The name of the option, which is the same in the caller's parameters and in the provider's options (v5 to v7). */
  readonly name: string;
  /** @returns the value for the record; `undefined` when the setting has no effect */
  readonly read: (value: unknown) => AttributeValue | undefined;
  /** The name in a record. */
  readonly recordName: string;
}

function setting(name: string, read: Setting["read"], recordName = name): Setting {
  return { name, read, recordName };
}

/** Settings that are recorded on `invoke_agent` and on `chat`. */
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

/** Settings that are recorded on `chat`. */
const CALL_SETTINGS: readonly Setting[] = [
  ...SETTINGS,
  setting("topK", finiteNumber),
  // V4 only. `provider-default` has no effect.
  setting("reasoning", (value) => (value === "provider-default" ? undefined : stringOf(value))),
  setting("responseFormat", (value) => (asRecord(value)?.type === "json" ? "json" : undefined), "outputType"),
];

export function readModelRequest(model: unknown, options: unknown, isStream: boolean): ModelRequest {
  const settings = readSettings(options, CALL_SETTINGS);
  if (isStream) settings.stream = true;
  const { serverAddress, serverPort } = readServer(model) ?? {};
  return {
    model: { ...readModelIdentity(model), serverAddress, serverPort },
    settings,
    messageCount: countMessages(options),
  };
}

/** @param options the options of a provider's call, or a telemetry event */
export function countMessages(options: unknown): number | undefined {
  try {
    const messages = readProperty(options, "prompt") ?? readProperty(options, "messages");
    return Array.isArray(messages) ? messages.length : undefined;
  } catch {
    return undefined;
  }
}

/** @param model a model or its id */
export function readModelIdentity(model: unknown): ModelNames {
  const providerId = stringOf(readProperty(model, "provider"));
  return {
    provider: providerId && providerName(providerId),
    providerId,
    requestModel: stringOf(model) ?? stringOf(readProperty(model, "modelId")),
  };
}

/** @param options a call's parameters, the options of a provider's call, or a telemetry event */
export function readSettings(options: unknown, known = SETTINGS): ModelRequest["settings"] {
  const settings: Record<string, AttributeValue> = {};
  for (const each of known) {
    const value = readSetting(options, each);
    if (value !== undefined) settings[each.recordName] = value;
  }
  return settings;
}

/** @returns `undefined` for a setting that cannot be read, such as one whose getter throws */
function readSetting(options: unknown, { name, read }: Setting): AttributeValue | undefined {
  try {
    const passed = readProperty(options, name);
    return passed === undefined ? undefined : read(passed);
  } catch {
    return undefined;
  }
}

/**
 * The strings among the first `MAXIMUM_TEXTS` elements of a list, each cut to `TEXT_LIMIT`. Later elements are not
 * read.
 */
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

/**
 * @param options a call's parameters, or the options of a provider's call
 * @returns `undefined` without a signal; `UNREADABLE_SIGNAL` for a signal that cannot be read
 */
export function readSignal(options: unknown): AbortSignal | undefined {
  try {
    const signal = readProperty(options, "abortSignal");
    if (isAbortSignal(signal)) return signal;
    return signal === undefined || signal === null ? undefined : UNREADABLE_SIGNAL;
  } catch {
    // A getter or a Proxy of the caller has thrown.
    return UNREADABLE_SIGNAL;
  }
}

/** @param metadata `response` of a direct answer, or a `response-metadata` part */
export function addResponseIdentity(
  response: ModelResponse,
  metadata: unknown,
  { providerId }: ModelNames,
): void {
  // Cohere's package does not copy the id of a direct answer: it is only in the body.
  const source = providerId === "cohere.chat" && readProperty(metadata, "body");
  response.responseId =
    stringOf(readProperty(metadata, "id") ?? readProperty(source, "id")) ?? response.responseId;
  // Bedrock's API reports no model. Its package inserts the requested model (v5 to v7), so that name does not prove
  // which model answered.
  if (providerId === "amazon-bedrock") return;
  response.responseModel = stringOf(readProperty(metadata, "modelId")) ?? response.responseModel;
}

/** @param finish a direct answer, or a `finish` part */
export function addFinish(response: ModelResponse, finish: unknown, { providerId }: ModelNames = {}): void {
  const embeddings = readProperty(finish, "embeddings");
  response.finishReasons = readFinishReasons(readProperty(finish, "finishReason"));
  // Only the length of a vector is read, never its values.
  if (Array.isArray(embeddings)) response.dimensionCount = wholeNumber(readProperty(embeddings[0], "length"));
  addUsage(response, readProperty(finish, "usage"), readProperty(finish, "providerMetadata"), providerId);
  addFallback(response, finish);
}

/**
 * Reads the model that answered after another model had refused (Anthropic). Otherwise a stream would name the model
 * that refused.
 *
 * @param part a direct answer, a `finish` part, or the `custom` part that reports a fallback (v7)
 */
export function addFallback(response: ModelResponse, part: unknown): void {
  const anthropic = readProperty(readProperty(part, "providerMetadata"), "anthropic");
  const attempts = readProperty(anthropic, "iterations");
  const last: unknown = Array.isArray(attempts)
    ? attempts.findLast((attempt) => readProperty(attempt, "type") === "fallback_message")
    : readProperty(anthropic, "to");
  response.responseModel = stringOf(readProperty(last, "model")) ?? response.responseModel;
}
