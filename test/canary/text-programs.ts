/**
 * Programs that ask for text with every function and class of the SDK, with every outcome.
 */
import { z } from "zod";
import { callsTools, rejects, says as saysText } from "../conformance/script.ts";
import type { Gate } from "../support/gate.ts";
import type { CallParameters, MajorName } from "../support/majors.ts";
import type { ScriptedPart, ScriptedStep } from "../support/scripted-model.ts";
import { answerOf, apiErrorWith, errorWith, messagesOf, providerTool, toolCall } from "./content.ts";
import { abortWaiting, type CanaryProgram, type CanaryStage } from "./stage.ts";
import { ask, readOne, WAYS, type Way } from "./text-ways.ts";

/** A program that runs with each way to ask for text. */
interface TextProgram {
  readonly title: string;
  readonly outcome: string;
  /** Outcomes of ways that differ from `outcome`, by the name of the way, or `streamed`. */
  readonly outcomes?: Readonly<Record<string, string>>;
  readonly majors?: readonly MajorName[];
  /** Default: streamed and not streamed. */
  readonly isStreamed?: boolean;
  readonly run: (stage: CanaryStage, way: Way) => Promise<void>;
}

function says(parts: readonly ScriptedPart[], step: ScriptedStep = {}): ScriptedStep {
  return saysText("", { parts, ...step });
}

function calls(parts: readonly ScriptedPart[]): ScriptedStep {
  return callsTools([], { parts });
}

const lastAnswer = ({ major, markers }: CanaryStage): ScriptedStep => says(answerOf(major, markers));
const inputOf = ({ markers }: CanaryStage): Record<string, unknown> => markers.tree("answer: tool input");

function aborted(title: string, outcome: string, reasonOf: (stage: CanaryStage) => unknown): TextProgram {
  return {
    title,
    outcome,
    run: (stage, way) => {
      const waiting = (parameters: CallParameters, gate: Gate): Promise<void> =>
        ask(stage, way, [says([...answerOf(stage.major, stage.markers), { gate }])], parameters);
      return abortWaiting(stage, waiting, reasonOf(stage));
    },
  };
}

/** A model call that rejects with a value that is not an error of the SDK. */
function failing(title: string, outcome: string, problemOf: (stage: CanaryStage) => unknown): TextProgram {
  return { title, outcome, run: (stage, way) => ask(stage, way, [rejects(problemOf(stage))]) };
}

function toolLoop(
  title: string,
  partsOf: (stage: CanaryStage) => ScriptedPart[],
  more: CallParameters = {},
): TextProgram {
  return {
    title,
    outcome: "ok",
    run: (stage, way) => ask(stage, way, [calls(partsOf(stage)), lastAnswer(stage)], more),
  };
}

function withObject(
  title: string,
  outcome: string,
  textOfAnswer: (stage: CanaryStage) => string,
  majors: readonly MajorName[] = ["v5", "v6", "v7"],
): TextProgram {
  // The SDK parses the object of a stream when the program reads `output`. An agent on v7 has `onEnd`, and the SDK
  // parses the object before it calls `onEnd`.
  const ofAgents = majors.join() === "v7" ? outcome : "ok";
  return {
    title,
    outcome,
    majors,
    outcomes: {
      streamed: "ok",
      "an agent's stream": ofAgents,
      "a wrapped agent's stream": ofAgents,
    },
    run: async (stage, way) => {
      const { major, markers } = stage;
      const schema = z
        .object({ city: z.string().describe(markers.text("object: field")) })
        .describe(markers.text("object: schema"));
      const schemaOptions = {
        schema,
        name: markers.text("object: name"),
        description: markers.text("object: description"),
      };
      const output = major.outputOptions(major.ai.Output.object(schemaOptions));
      await ask(stage, way, [says([{ text: textOfAnswer(stage) }])], output);
    },
  };
}

const denial = ({ markers }: CanaryStage): object[] => [
  ...messagesOf(markers),
  {
    role: "assistant",
    content: [
      {
        type: "tool-call",
        toolCallId: "call-1",
        toolName: "approvedRoom",
        input: markers.tree("approval: input"),
      },
      { type: "tool-approval-request", approvalId: "approval-1", toolCallId: "call-1" },
    ],
  },
  {
    role: "tool",
    content: [
      {
        type: "tool-approval-response",
        approvalId: "approval-1",
        approved: false,
        reason: markers.text("approval: reason"),
      },
    ],
  },
];

const PROGRAMS: readonly TextProgram[] = [
  toolLoop("every kind of part and tool calls", (stage) => [
    ...answerOf(stage.major, stage.markers),
    toolCall("searchRooms", "call-1", inputOf(stage)),
    toolCall("bookRoom", "call-2", inputOf(stage)),
    ...providerTool(stage.markers),
  ]),
  {
    title: "an answer to a prompt",
    outcome: "ok",
    run: (stage, way) =>
      ask(stage, way, [lastAnswer(stage)], { messages: undefined, prompt: stage.markers.text("prompt") }),
  },
  {
    title: "an answer at the second attempt",
    outcome: "ok",
    run: (stage, way) => {
      const rejections = [apiErrorWith(stage.major, stage.markers, true)];
      return ask(stage, way, [{ ...lastAnswer(stage), rejections }], { maxRetries: 1 });
    },
  },
  failing("a refusal of the provider", "429", ({ major, markers }) => apiErrorWith(major, markers)),
  failing("an error with content in every property", "_OTHER", ({ markers }) =>
    errorWith(markers, "failure"),
  ),
  failing("a rejection with a text", "_OTHER", ({ markers }) => markers.text("failure")),
  failing("a rejection with a plain object", "_OTHER", ({ markers }) => ({
    code: markers.text("failure: code"),
    cause: errorWith(markers, "failure"),
    message: markers.text("failure: message"),
    constructor: { name: markers.text("failure: class") },
  })),
  {
    title: "an error part in the middle of a stream",
    outcome: "429",
    isStreamed: true,
    run: (stage, way) => {
      const error = apiErrorWith(stage.major, stage.markers);
      return ask(stage, way, [
        says([...answerOf(stage.major, stage.markers), { error }], { finish: "error" }),
      ]);
    },
  },
  {
    title: "an error part that is a plain object",
    outcome: "_OTHER",
    isStreamed: true,
    run: (stage, way) => {
      const error = {
        type: stage.markers.text("error: type"),
        message: stage.markers.text("error: message"),
      };
      return ask(stage, way, [says([{ error }], { finish: null })]);
    },
  },
  {
    title: "a stream that breaks",
    outcome: "_OTHER",
    isStreamed: true,
    run: (stage, way) => {
      const streamError = errorWith(stage.markers, "stream");
      return ask(stage, way, [says(answerOf(stage.major, stage.markers), { streamError })]);
    },
  },
  aborted("an abort with an error", "abort", ({ markers }) => errorWith(markers, "abort")),
  aborted("an abort with a text", "abort", ({ markers }) => markers.text("abort")),
  aborted("an abort with a tree", "abort", ({ markers }) => markers.tree("abort")),
  aborted(
    "a deadline",
    "timeout",
    ({ markers }) => new DOMException(markers.text("abort: message"), "TimeoutError"),
  ),
  {
    title: "an answer that its reader leaves",
    outcome: "consumer",
    isStreamed: true,
    run: (stage, way) => ask(stage, way, [lastAnswer(stage)], {}, readOne),
  },
  toolLoop("a tool that fails", (stage) => [toolCall("failRoom", "call-1", inputOf(stage))]),
  toolLoop("a call of an unknown tool", (stage) => [toolCall("noSuchRoom", "call-1", inputOf(stage))]),
  toolLoop("an input that the schema of the tool rejects", (stage) => [
    toolCall("strictRoom", "call-1", inputOf(stage)),
  ]),
  {
    title: "a call that is repaired",
    outcome: "ok",
    run: (stage, way) => {
      const input = JSON.stringify({ city: stage.markers.text("schema: enum") });
      const repair = async ({ toolCall: call }: { toolCall: object }): Promise<object> => ({
        ...call,
        input,
      });
      const step = calls([toolCall("strictRoom", "call-1", inputOf(stage))]);
      return ask(stage, way, [step, lastAnswer(stage)], { experimental_repairToolCall: repair });
    },
  },
  {
    title: "a call whose repair fails",
    outcome: "ok",
    run: (stage, way) => {
      const repair = async (): Promise<never> => {
        throw errorWith(stage.markers, "repair");
      };
      const step = calls([toolCall("strictRoom", "call-1", inputOf(stage))]);
      return ask(stage, way, [step, lastAnswer(stage)], { experimental_repairToolCall: repair });
    },
  },
  {
    title: "a call that waits for approval",
    outcome: "ok",
    majors: ["v6", "v7"],
    run: (stage, way) => ask(stage, way, [calls([toolCall("approvedRoom", "call-1", inputOf(stage))])]),
  },
  {
    title: "a call that was denied",
    outcome: "ok",
    majors: ["v6", "v7"],
    run: (stage, way) => ask(stage, way, [lastAnswer(stage)], { messages: denial(stage) }),
  },
  {
    title: "a call that a policy denies",
    outcome: "ok",
    majors: ["v7"],
    run: (stage, way) => {
      const step = calls([toolCall("bookRoom", "call-1", inputOf(stage))]);
      const toolApproval = (): object => ({ type: "denied", reason: stage.markers.text("policy: reason") });
      return ask(stage, way, [step, lastAnswer(stage)], { toolApproval });
    },
  },
  withObject("an object", "ok", ({ markers }) => JSON.stringify({ city: markers.text("object: value") })),
  ...[["v5", "v6"] as const, ["v7"] as const].map((majors) =>
    withObject(
      "a text that is not an object",
      "AI_NoObjectGeneratedError",
      ({ markers }) => markers.text("no object"),
      majors,
    ),
  ),
  {
    title: "a step that cannot be prepared",
    outcome: "_OTHER",
    outcomes: { streamTextLowMemory: "AI_NoOutputGeneratedError" },
    run: (stage, way) =>
      ask(stage, way, [lastAnswer(stage)], {
        prepareStep: () => {
          throw errorWith(stage.markers, "prepareStep");
        },
      }),
  },
  {
    title: "a transform that adds parts and then fails",
    outcome: "_OTHER",
    outcomes: { streamTextLowMemory: "consumer" },
    isStreamed: true,
    run: (stage, way) => {
      let count = 0;
      const experimental_transform = () =>
        new TransformStream<unknown, unknown>({
          transform(part, controller) {
            controller.enqueue(part);
            controller.enqueue({ type: "raw", rawValue: stage.markers.tree("transform: part") });
            if ((count += 1) > 6) throw errorWith(stage.markers, "transform");
          },
        });
      return ask(stage, way, [lastAnswer(stage)], { experimental_transform });
    },
  },
];

export const textPrograms: readonly CanaryProgram[] = WAYS.flatMap((way) =>
  PROGRAMS.filter(({ isStreamed }) => isStreamed === undefined || isStreamed === way.isStreamed).map(
    ({ title, outcome, outcomes, majors, run }): CanaryProgram => ({
      title: `${way.name}: ${title}`,
      majors: (way.majors ?? majors ?? ["v5", "v6", "v7"]).filter((name) => majors?.includes(name) ?? true),
      outcome: outcomes?.[way.name] ?? (way.isStreamed ? outcomes?.streamed : undefined) ?? outcome,
      isOfWrapper: way.isOfWrapper === true,
      run: (stage) => run(stage, way),
    }),
  ),
);
