/**
 * The functions and classes that generate or stream text, and how a program calls each of them.
 */
import { wrapAgent } from "ai-spans";
import { agentClassOf, type AgentClass } from "../support/agents.ts";
import type { CallParameters, MajorName, SDK, StreamResult } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { contentModel } from "./content-model.ts";
import { messagesOf, textOf } from "./content.ts";
import { type CanaryStage, witness } from "./stage.ts";
import { readAll } from "../support/streams.ts";

export interface Way {
  readonly name: string;
  readonly isStreamed: boolean;
  readonly majors?: readonly MajorName[];
  readonly isOfWrapper?: boolean;
  readonly call: (stage: CanaryStage, parameters: CallParameters) => unknown;
}

/** The parameters of an agent's call. All other parameters are the agent's settings. */
const QUESTION = new Set(["prompt", "messages", "abortSignal", "experimental_transform"]);

function agentWay(name: string, method: "generate" | "stream", isWrapped: boolean): Way {
  return {
    name,
    isStreamed: method === "stream",
    isOfWrapper: isWrapped,
    call: ({ sdk, major }, parameters) => {
      const entries = Object.entries(parameters);
      const isAsked = ([key]: readonly [string, unknown]): boolean => QUESTION.has(key);
      const settings = Object.fromEntries(entries.filter((entry) => !isAsked(entry)));
      const Class: AgentClass = agentClassOf(isWrapped ? major.ai : sdk);
      const agent = isWrapped ? wrapAgent(new Class(settings)) : new Class(settings);
      return agent[method](Object.fromEntries(entries.filter(isAsked)));
    },
  };
}

/** v7 only. */
interface WithLowMemory {
  experimental_streamTextLowMemory(parameters: CallParameters): unknown;
}

export const WAYS: readonly Way[] = [
  { name: "generateText", isStreamed: false, call: ({ sdk }, parameters) => sdk.generateText(parameters) },
  { name: "streamText", isStreamed: true, call: ({ sdk }, parameters) => sdk.streamText(parameters) },
  {
    name: "streamTextLowMemory",
    isStreamed: true,
    majors: ["v7"],
    call: ({ sdk }, parameters) => (sdk as SDK & WithLowMemory).experimental_streamTextLowMemory(parameters),
  },
  agentWay("an agent's generate", "generate", false),
  agentWay("an agent's stream", "stream", false),
  agentWay("a wrapped agent's generate", "generate", true),
  agentWay("a wrapped agent's stream", "stream", true),
];

/** Calls the way, reads its result with `read`, and keeps the result and the model's calls. */
export async function ask(
  stage: CanaryStage,
  way: Way,
  steps: readonly ScriptedStep[],
  parameters: CallParameters = {},
  read: (result: StreamResult) => Promise<unknown> = ({ fullStream }) => readAll(fullStream),
): Promise<void> {
  const { major, markers, telemetry } = stage;
  const scripted = contentModel(major, markers, steps, telemetry.propagate);
  await witness(stage, async () => {
    const result: unknown = await way.call(stage, {
      model: scripted.model,
      messages: messagesOf(markers),
      ...textOf(major, markers, telemetry.propagate),
      ...parameters,
    });
    // A streamed way returns a stream result.
    return way.isStreamed ? read(result as StreamResult) : result;
  });
  stage.received.push(scripted.calls);
}

/** Reads until the first delta, then leaves the stream. */
export async function readOne({ fullStream }: StreamResult): Promise<unknown> {
  for await (const part of fullStream) if (part.type.endsWith("-delta")) return part;
  return undefined;
}
