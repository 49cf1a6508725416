/**
 * A scripted language model. Its answers have content in every place that the provider specification allows, and its
 * own configuration holds secrets.
 */
import type { Major } from "../support/majors.ts";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import type { Markers } from "./markers.ts";

type ModelAnswer = Record<string, unknown>;
type Call = (options: object) => Promise<ModelAnswer>;

export function contentModel(
  major: Major,
  markers: Markers,
  steps: readonly ScriptedStep[],
  onCall: () => void,
): ScriptedModel {
  const scripted = scriptedModel(
    major,
    steps.map((step) => ({ ...step, onCall })),
    { provider: "openai.chat", modelId: "gpt-4o" },
  );
  // In all majors, the methods of the mock are properties of the instance.
  const mock = scripted.model as { doGenerate: Call; doStream: Call };
  const { doGenerate, doStream } = mock;
  Object.assign(mock, {
    config: configWith(markers),
    apiKey: markers.text("model: key"),
    doGenerate: async (options: object) => {
      const answer = await doGenerate(options);
      return {
        ...answer,
        ...aroundAnswer(markers),
        response: { ...(answer.response as object), ...aroundAnswer(markers).response },
        warnings: warningsWith(markers),
        providerMetadata: { mock: markers.tree("answer: provider metadata") },
        finishReason: finishWith(markers, answer.finishReason),
      };
    },
    doStream: async (options: object) => {
      const answer = await doStream(options);
      // The stream of a scripted model consists of parts.
      const stream = answer.stream as ReadableStream<ModelAnswer>;
      const transform = new TransformStream<ModelAnswer, ModelAnswer>(
        { transform: (part, controller) => controller.enqueue(partWith(markers, part)) },
        { highWaterMark: 1 },
        { highWaterMark: 0 },
      );
      return { ...answer, ...aroundAnswer(markers), stream: stream.pipeThrough(transform) };
    },
  });
  return scripted;
}

/**
 * A configuration as the provider packages keep it. Telemetry may record the host and the port of its URL, and nothing
 * else of it.
 */
export function configWith(markers: Markers): object {
  const url = new URL("https://provider.test:8443/");
  url.username = markers.word("base URL: user");
  url.password = markers.word("base URL: password");
  url.pathname = markers.word("base URL: path");
  url.search = `key=${markers.word("base URL: query")}`;
  return {
    baseURL: url.href,
    url: () => url.href,
    headers: () => ({ authorization: `Bearer ${markers.word("config: header")}` }),
    queryParams: markers.tree("config: query"),
    provider: markers.text("config: provider"),
  };
}

function aroundAnswer(markers: Markers): { request: object; response: object } {
  return {
    request: { body: JSON.stringify(markers.tree("answer: request body")) },
    response: {
      headers: { [markers.word("answer: header name")]: markers.word("answer: header") },
      body: markers.tree("answer: body"),
    },
  };
}

function warningsWith(markers: Markers): object[] {
  return [
    { type: "other", message: markers.text("answer: warning") },
    {
      type: "unsupported-setting",
      setting: "seed",
      feature: "seed",
      details: markers.text("answer: warning detail"),
    },
  ];
}

/** Adds the provider's raw finish reason, if the specification has a field for it. */
function finishWith(markers: Markers, reason: unknown): unknown {
  return typeof reason === "object" ? { ...reason, raw: markers.text("answer: raw finish reason") } : reason;
}

function partWith(markers: Markers, part: ModelAnswer): ModelAnswer {
  const providerMetadata = { mock: markers.tree(`part ${String(part.type)}: provider metadata`) };
  if (part.type === "stream-start") return { ...part, warnings: warningsWith(markers) };
  if (part.type === "finish")
    return { ...part, finishReason: finishWith(markers, part.finishReason), providerMetadata };
  return part.type === "response-metadata" || part.type === "error" ? part : { ...part, providerMetadata };
}
