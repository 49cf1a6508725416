/**
 * What the provider returns with an answer: usage, finish reasons, response id and model, or none of these.
 */
import { scriptedModel, type ScriptedStep, type ScriptedUsage } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ForcedDifference } from "../../harness/program.ts";
import { callsTool, readAnswer, readText, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

const FULL_USAGE: ScriptedUsage = { input: 100, output: 50, cacheRead: 40, cacheWrite: 20, reasoning: 30 };
const V2_USAGE: ScriptedUsage = { input: 100, output: 50, cacheRead: 40, reasoning: 30 };
const NO_CACHE_WRITE = "the V2 specification of v5 has no count of cache writes";

interface AnswerCase {
  readonly title: string;
  readonly step: ScriptedStep;
  readonly chat: ChatExpectation;
  readonly onV5?: { readonly chat: ChatExpectation; readonly reason: string };
  readonly majors?: TreeProgram["majors"];
  /** `error.type`, if only a stream can end with this error. */
  readonly streamError?: string;
}

const ANSWERS: readonly AnswerCase[] = [
  {
    title: "usage with cache and reasoning counts",
    step: { usage: FULL_USAGE },
    chat: { usage: FULL_USAGE },
    onV5: { chat: { usage: V2_USAGE }, reason: NO_CACHE_WRITE },
  },
  { title: "no usage", step: { usage: {} }, chat: { usage: null } },
  { title: "only output usage", step: { usage: { output: 5 } }, chat: { usage: { output: 5 } } },
  {
    title: "usage of zero",
    step: { usage: { input: 0, output: 0 } },
    chat: { usage: { input: 0, output: 0 } },
  },
  {
    title: "usage that is not a number",
    step: { usage: { input: Number.NaN, output: 5 } },
    chat: { usage: { output: 5 } },
  },
  { title: "no response id and no model", step: { response: {} }, chat: { response: null } },
  { title: "a response id only", step: { response: { id: "r" } }, chat: { response: { id: "r" } } },
  { title: "a response model only", step: { response: { model: "m" } }, chat: { response: { model: "m" } } },
  ...(
    [
      ["stop", "stop"],
      ["length", "length"],
      ["content-filter", "content_filter"],
      ["tool-calls", "tool_call"],
      ["error", "error"],
      ["other", "other"],
    ] as const
  ).map(([finish, recorded]): AnswerCase => ({
    title: `the finish reason ${finish}`,
    step: { finish },
    chat: { finish: recorded },
  })),
  {
    title: "the finish reason unknown",
    step: { finish: "unknown" },
    chat: { finish: "other" },
    majors: ["v5"],
  },
  {
    title: "the finish reason interrupted",
    step: { finish: "interrupted" },
    chat: { finish: "other" },
    majors: ["v7"],
    streamError: "_OTHER",
  },
];

function answersOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  return ANSWERS.map(({ title, step, chat, onV5, majors, streamError }) => {
    const ending = streaming && streamError !== undefined ? { error: streamError } : {};
    const tree = (expected: ChatExpectation) =>
      agentSpan(ending, [chatSpan({ streaming, ...ending, ...expected })]);
    const forced: ForcedDifference | undefined = onV5 && {
      majors: ["v5"],
      reason: onV5.reason,
      expected: tree(onV5.chat),
    };
    return {
      title: `${word} an answer that reports ${title}`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [says("a room", step)]);
        await readAnswer(app, streaming, call(app, model));
      },
      expected: tree(chat),
      ...(forced === undefined ? {} : { forced }),
      ...(majors === undefined ? {} : { majors }),
    };
  });
}

function summedOf(streaming: boolean): TreeProgram {
  const tree = (usage: ScriptedUsage, sum: ScriptedUsage) =>
    agentSpan({ usage: sum }, [
      chatSpan({ streaming, finish: "tool_call", usage }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming, finish: "tool_call", usage: null }),
      toolSpan("searchRooms", "call-2"),
      chatSpan({ streaming, usage: { input: 1, cacheRead: 1 } }),
    ]);
  return {
    title: `${streaming ? "streams" : "generates"} in steps some of which report no usage`,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [
        callsTool("searchRooms", "call-1", { usage: FULL_USAGE }),
        callsTool("searchRooms", "call-2", { usage: {} }),
        says("two", { usage: { input: 1, cacheRead: 1 } }),
      ]);
      const parameters = call(app, model, {
        tools: { searchRooms: roomTool(app, async () => 2) },
        stopWhen: app.major.stepCount(5),
      });
      await readAnswer(app, streaming, parameters);
    },
    expected: tree(FULL_USAGE, { ...FULL_USAGE, input: 101, cacheRead: 41 }),
    forced: {
      majors: ["v5"],
      reason: NO_CACHE_WRITE,
      expected: tree(V2_USAGE, { ...V2_USAGE, input: 101, cacheRead: 41 }),
    },
  };
}

export const answers: readonly TreeProgram[] = [
  ...answersOf(false),
  ...answersOf(true),
  summedOf(false),
  summedOf(true),
  {
    title: "streams an answer that begins with reasoning",
    run: async (app) => {
      const { model } = scriptedModel(app.major, [
        says("", { parts: [{ reasoning: "hm" }, { text: "a room" }] }),
      ]);
      await readText(app.major, app.sdk.streamText(call(app, model)));
    },
    expected: agentSpan({}, [chatSpan({ streaming: true })]),
  },
];
