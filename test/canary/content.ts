/**
 * What an application passes to the SDK, with a marker in every place that may hold content. Names, the function id and
 * the allowed metadata have no marker, because ai-spans records them.
 */
import { z } from "zod";
import type { CallParameters, Major } from "../support/majors.ts";
import type { ScriptedPart } from "../support/scripted-model.ts";
import type { Markers } from "./markers.ts";

/** Words of the caller that ai-spans must record. */
export const FUNCTION_ID = "booking-agent";
export const PLAN = "pro";

/** Parameters that every function takes. */
export function requestOf(major: Major, markers: Markers): CallParameters {
  return {
    headers: { [markers.word("header name")]: markers.word("header") },
    providerOptions: { mock: markers.tree("provider options") },
    maxRetries: 0,
    ...telemetryOf(major, markers),
  };
}

function telemetryOf(major: Major, markers: Markers): CallParameters {
  // Only scalars of metadata are recorded, so ai-spans must drop these values.
  const rest = { object: markers.tree("metadata: object"), list: [markers.text("metadata: entry")] };
  if (major.name !== "v7") {
    const metadata = { plan: PLAN, ...rest };
    return { experimental_telemetry: { functionId: FUNCTION_ID, metadata } };
  }
  const includeRuntimeContext = { plan: true, object: true, list: true };
  return { telemetry: { functionId: FUNCTION_ID, includeRuntimeContext } };
}

/** Parameters of a text function: everything but the model and the prompt. */
export function textOf(major: Major, markers: Markers, onTool: () => void): CallParameters {
  return {
    ...requestOf(major, markers),
    [major.name === "v7" ? "instructions" : "system"]: markers.text("system"),
    allowSystemInMessages: true,
    tools: toolsOf(major, markers, onTool),
    stopWhen: major.stepCount(5),
    onError: () => {},
    experimental_context: markers.tree("context"),
    runtimeContext: {
      plan: PLAN,
      secret: markers.text("runtime context: not allowed"),
      object: markers.tree("runtime context: object"),
      list: [markers.text("runtime context: entry")],
    },
    toolsContext: { searchRooms: { secret: markers.text("tools context") } },
  };
}

/** A conversation with one finished tool call. */
export function messagesOf(markers: Markers): object[] {
  const providerOptions = { mock: markers.tree("message: provider options") };
  return [
    { role: "system", content: markers.text("system message"), providerOptions },
    {
      role: "user",
      content: [
        { type: "text", text: markers.text("message: text"), providerOptions },
        { type: "image", image: markers.bytes("message: image"), mediaType: "image/png" },
        {
          type: "file",
          data: markers.base64("message: file"),
          filename: markers.text("message: file name"),
          mediaType: "text/plain",
        },
      ],
      providerOptions,
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: markers.text("message: answer") },
        { type: "reasoning", text: markers.text("message: reasoning"), providerOptions },
        {
          type: "tool-call",
          toolCallId: "call-0",
          toolName: "searchRooms",
          input: markers.tree("message: tool input"),
        },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "call-0",
          toolName: "searchRooms",
          output: { type: "json", value: markers.tree("message: tool output") },
          providerOptions,
        },
      ],
    },
    { role: "user", content: markers.text("message: question") },
  ];
}

/**
 * Tools of every kind: one yields several values, one returns a value, one fails, one rejects its input, one belongs to
 * the provider, and one needs approval.
 */
function toolsOf(major: Major, markers: Markers, onTool: () => void): Record<string, object> {
  const { ai } = major;
  const schema = z
    .object({ city: z.string().describe(markers.text("schema: field")).optional() })
    .catchall(z.unknown())
    .describe(markers.text("schema"));
  const jsonSchema = ai.jsonSchema({
    type: "object",
    title: markers.text("JSON schema: title"),
    description: markers.text("JSON schema"),
    properties: {
      [markers.word("JSON schema: property")]: {
        type: "string",
        enum: [markers.text("JSON schema: enum")],
        default: markers.text("JSON schema: default"),
        examples: [markers.text("JSON schema: example")],
      },
    },
  });
  return {
    searchRooms: ai.tool({
      description: markers.text("tool: description"),
      title: markers.text("tool: title"),
      inputSchema: schema,
      contextSchema: z.object({ secret: z.string() }),
      inputExamples: [{ input: markers.tree("tool: example") }],
      metadata: markers.tree("tool: metadata"),
      providerOptions: { mock: markers.tree("tool: provider options") },
      toModelOutput: () => ({ type: "text", value: markers.text("tool: model output") }),
      execute: async function* () {
        onTool();
        yield markers.tree("tool: first value");
        onTool();
        yield markers.tree("tool: value");
      },
    }),
    bookRoom: ai.tool({
      description: markers.text("tool: description"),
      inputSchema: jsonSchema,
      execute: async () => {
        onTool();
        return markers.tree("tool: result");
      },
    }),
    failRoom: ai.tool({
      description: markers.text("tool: description"),
      inputSchema: jsonSchema,
      execute: () => {
        throw errorWith(markers, "tool");
      },
    }),
    strictRoom: ai.tool({
      description: markers.text("tool: description"),
      inputSchema: z.object({ city: z.enum([markers.text("schema: enum")]) }),
      execute: async () => "booked",
    }),
    // The form in which the provider packages of each major define their tools.
    web_search: {
      type: major.name === "v5" ? "provider-defined" : "provider",
      isProviderExecuted: true,
      id: "openai.web_search",
      name: "web_search",
      args: markers.tree("provider tool: arguments"),
      inputSchema: jsonSchema,
    },
    approvedRoom: ai.tool({
      description: markers.text("tool: description"),
      inputSchema: jsonSchema,
      needsApproval: true,
      execute: async () => markers.tree("tool: result"),
    }),
  };
}

/** An error with content in every property, even in `name`. */
export function errorWith(markers: Markers, place: string): Error {
  const error = new TypeError(markers.text(`${place}: message`), {
    cause: Object.assign(new Error(markers.text(`${place}: message of the cause`)), {
      name: markers.text(`${place}: name of the cause`),
    }),
  });
  return Object.assign(error, {
    name: markers.text(`${place}: name`),
    code: markers.text(`${place}: code`),
    statusCode: markers.text(`${place}: status`),
    data: markers.tree(`${place}: data`),
  });
}

/** The error that a provider package creates from a failed response. */
export function apiErrorWith(major: Major, markers: Markers, isRetryable = false): Error {
  const { APICallError } = major.ai;
  const options = {
    message: markers.text("API error: message"),
    url: `https://${markers.word("API error: user")}@provider.test/${markers.word("API error: path")}?${markers.word("API error: query")}`,
    requestBodyValues: markers.tree("API error: request"),
    statusCode: 429,
    responseHeaders: {
      "retry-after-ms": "0",
      [markers.word("API error: header name")]: markers.word("API error: header"),
    },
    responseBody: JSON.stringify(markers.tree("API error: body")),
    cause: errorWith(markers, "API error: cause"),
    data: markers.tree("API error: data"),
    isRetryable,
  };
  return new APICallError(options);
}

/** An answer with reasoning, text, a file and sources. */
export function answerOf(major: Major, markers: Markers): ScriptedPart[] {
  const file = { mediaType: "text/plain", data: markers.base64("answer: file") };
  const isTagged = major.name === "v7";
  return [
    { reasoning: markers.text("answer: reasoning") },
    { text: markers.text("answer: text") },
    { verbatim: { type: "file", ...file, ...(isTagged ? { data: { type: "data", data: file.data } } : {}) } },
    {
      verbatim: {
        type: "source",
        sourceType: "url",
        id: "source-1",
        url: `https://source.test/${markers.word("answer: source")}`,
        title: markers.text("answer: source title"),
        providerMetadata: { mock: markers.tree("answer: source metadata") },
      },
    },
    {
      verbatim: {
        type: "source",
        sourceType: "document",
        id: "source-2",
        mediaType: "text/plain",
        title: markers.text("answer: document title"),
        filename: markers.text("answer: document"),
      },
    },
  ];
}

export function toolCall(name: string, id: string, input: Record<string, unknown>): ScriptedPart {
  return { toolCall: { name, id, input } };
}

/** A tool call that the provider executes, with its result. */
export function providerTool(markers: Markers): ScriptedPart[] {
  const call = { toolCallId: "call-9", toolName: "web_search", providerExecuted: true };
  return [
    { verbatim: { ...call, type: "tool-call", input: JSON.stringify(markers.tree("provider tool: input")) } },
    { verbatim: { ...call, type: "tool-result", result: markers.tree("provider tool: result") } },
  ];
}
