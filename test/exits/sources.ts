/**
 * Every way to read a streamed result, and one answer that fits all of them: a structured output in many parts.
 */
import type { ChatExpectation, AgentExpectation } from "../conformance/expected-spans.ts";
import { says } from "../conformance/script.ts";
import type { Gate } from "../support/gate.ts";
import type { CallParameters, MajorName } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import type { ExitResult, ExitStage } from "./exit-stage.ts";
import { bodyOf } from "../support/streams.ts";

/** A stream of the result. */
export interface Source {
  readonly name: string;
  readonly majors?: readonly MajorName[];
  /** The output setting that the source needs. The default is plain text. */
  readonly output?: "object" | "array";
  readonly open: (result: ExitResult) => ReadableStream<unknown>;
}

export const SOURCES: readonly Source[] = [
  { name: "textStream", open: (result) => result.textStream },
  { name: "fullStream", open: (result) => result.fullStream },
  { name: "stream", majors: ["v7"], open: (result) => result.stream },
  {
    name: "experimental_partialOutputStream",
    output: "object",
    open: (result) => result.experimental_partialOutputStream,
  },
  {
    name: "partialOutputStream",
    majors: ["v6", "v7"],
    output: "object",
    open: (result) => result.partialOutputStream,
  },
  { name: "elementStream", majors: ["v6", "v7"], output: "array", open: (result) => result.elementStream },
  { name: "toUIMessageStream", open: (result) => result.toUIMessageStream() },
  { name: "toUIMessageStreamResponse", open: (result) => bodyOf(result.toUIMessageStreamResponse()) },
  { name: "toTextStreamResponse", open: (result) => bodyOf(result.toTextStreamResponse()) },
];

/** The promises of a result. Awaiting one reads the result to its end. */
export const PROMISES: Readonly<Record<string, readonly MajorName[] | undefined>> = {
  content: undefined,
  dynamicToolCalls: undefined,
  dynamicToolResults: undefined,
  files: undefined,
  finalStep: undefined,
  finishReason: undefined,
  output: ["v6", "v7"],
  providerMetadata: undefined,
  rawFinishReason: ["v6", "v7"],
  reasoning: undefined,
  reasoningText: undefined,
  request: undefined,
  response: undefined,
  responseMessages: ["v7"],
  sources: undefined,
  staticToolCalls: undefined,
  staticToolResults: undefined,
  steps: undefined,
  text: undefined,
  toolCalls: undefined,
  toolResults: undefined,
  totalUsage: undefined,
  usage: undefined,
  warnings: undefined,
};

/** The first part has a whole city, so that a stream of elements has one to return. */
export const FIRST_CITY = "Paris";
/** More parts than any major reads ahead of a reader. */
const MORE_PARTS = 40;

/** The answer. If there is a gate, the model waits at it after the first part. */
export function cities(gate?: Gate, step: ScriptedStep = {}): ScriptedStep {
  const more = Array.from({ length: MORE_PARTS }, () => ({ text: '{"city":"Oslo"},' }));
  const first = { text: `{"elements":[{"city":"${FIRST_CITY}"},{"city":"Rome"},` };
  const parts = [first, ...(gate === undefined ? [] : [{ gate }]), ...more, { text: '{"city":"Bern"}]}' }];
  return says("", { parts, ...step });
}

export function outputParameters({ major, sdk }: ExitStage, { output }: Source): CallParameters {
  if (output === undefined) return {};
  const element = { type: "object", properties: { city: { type: "string" } } };
  const elements = { type: "object", properties: { elements: { type: "array", items: element } } };
  if (output === "object")
    return major.outputOptions(sdk.Output.object({ schema: sdk.jsonSchema(elements) }));
  // v5 has no `array`, and none of its sources needs it.
  const { array } = sdk.Output as unknown as { array(options: { element: unknown }): unknown };
  return major.outputOptions(array({ element: sdk.jsonSchema(element) }));
}

/** The attributes that the output of a source adds to the spans. */
export function outputAttributes({ output }: Source): Pick<ChatExpectation & AgentExpectation, "attributes"> {
  return output === undefined ? {} : { attributes: { "gen_ai.output.type": "json" } };
}
